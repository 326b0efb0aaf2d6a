package cloud.stasis.model;

/// How a host reads the disks of a machine that is on, at one instant. The names travel: a released one never
/// changes.
public enum CaptureStrategy {
    /// The hypervisor records what is written in bitmaps, and exports the disks as they were: only what changed is
    /// read, and nothing is copied on the host.
    BITMAP,
    /// For hypervisors that cannot: each disk's active layer is copied aside while the guest goes on, the copy is
    /// parted from the disk at the instant, and read.
    COPY
}
