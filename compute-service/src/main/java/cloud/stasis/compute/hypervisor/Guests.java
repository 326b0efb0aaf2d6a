package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.InstanceId;
import java.util.List;

/// What the agent inside a running guest does for us. It is the tenant's program: it may be absent, slow or
/// lying.
public interface Guests {
    /// Asks the guest to flush and freeze its file systems. Waits a bounded time.
    FreezeAnswer freeze(InstanceId instance);

    /// Thaws whatever is frozen; repeatable.
    ThawAnswer thaw(InstanceId instance);

    /// Whether the guest says that its file systems are frozen; no if it does not answer.
    boolean isFrozen(InstanceId instance);

    /// A mounted file system, in the words of a guest.
    record FileSystem(String mountpoint, String type) {}

    enum ThawAnswer {
        /// What was frozen is thawed.
        THAWED,
        /// Nothing was frozen (any more).
        NOTHING_FROZEN,
        /// It did not answer, or refused.
        SILENT
    }

    sealed interface FreezeAnswer {
        /// @param count of file systems, as the agent says
        /// @param fileSystems what the guest had mounted on its disks just before, as far as it told
        record Frozen(int count, List<FileSystem> fileSystems) implements FreezeAnswer {
            public Frozen {
                fileSystems = List.copyOf(fileSystems);
            }
        }

        /// No agent is there, so that nothing was asked of it and nothing is frozen.
        record Absent(String reason) implements FreezeAnswer {}

        /// It refused; what it froze before it found out is thawed again, if it is as it should be.
        record Refused(String reason) implements FreezeAnswer {}

        /// It did not answer in time: it may be frozen now or soon, and must be thawed.
        record Silent(String reason) implements FreezeAnswer {}
    }
}
