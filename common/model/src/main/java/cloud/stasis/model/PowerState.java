package cloud.stasis.model;

/// What the hypervisor says of a machine.
public enum PowerState {
    RUNNING,
    /// vCPUs stopped, memory in place.
    PAUSED,
    /// Memory saved to disk, no process.
    SUSPENDED,
    STOPPED,
    /// The process died or the guest panicked.
    CRASHED
}
