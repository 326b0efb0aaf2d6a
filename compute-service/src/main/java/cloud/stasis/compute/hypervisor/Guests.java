package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.InstanceId;

/// What the agent inside a running guest does for us. It is the tenant's program: it may be absent, slow or
/// lying.
public interface Guests {
    /// Asks the guest to flush and freeze its file systems. Waits a bounded time.
    FreezeAnswer freeze(InstanceId instance);

    /// Thaws whatever is frozen; repeatable.
    ThawAnswer thaw(InstanceId instance);

    /// Whether the guest says that its file systems are frozen; no if it does not answer.
    boolean isFrozen(InstanceId instance);

    enum ThawAnswer {
        /// What was frozen is thawed.
        THAWED,
        /// Nothing was frozen (any more).
        NOTHING_FROZEN,
        /// It did not answer, or refused.
        SILENT
    }

    sealed interface FreezeAnswer {
        record Frozen(int fileSystems) implements FreezeAnswer {}

        /// No agent is there, so that nothing was asked of it and nothing is frozen.
        record Absent(String reason) implements FreezeAnswer {}

        /// It refused; what it froze before it found out is thawed again, if it is as it should be.
        record Refused(String reason) implements FreezeAnswer {}

        /// It did not answer in time: it may be frozen now or soon, and must be thawed.
        record Silent(String reason) implements FreezeAnswer {}
    }
}
