package cloud.stasis.compute.instance;

import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.SnapshotId;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;

/// What is being done to a guest right now. Written before, removed after; what is found at start was
/// interrupted.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Intent.Restoring.class, name = "restoring"),
    @JsonSubTypes.Type(value = Intent.Starting.class, name = "starting"),
    @JsonSubTypes.Type(value = Intent.Freezing.class, name = "freezing"),
    @JsonSubTypes.Type(value = Intent.Cutting.class, name = "cutting"),
    @JsonSubTypes.Type(value = Intent.Suspending.class, name = "suspending"),
    @JsonSubTypes.Type(value = Intent.Reverting.class, name = "reverting")
})
public sealed interface Intent {
    /// The machine is given its memory. Interrupted: it may have a part of it, and has not run, so it is
    /// powered off; whoever asked for it asks again.
    record Restoring() implements Intent {}

    /// The machine is on and paused until its checkpoint is set, then it goes on as `state` says.
    /// Interrupted: the checkpoint is set if it is missing, and it goes on.
    record Starting(ResumeState state) implements Intent {}

    /// The guest's file systems are frozen. Interrupted: they are thawed.
    record Freezing(WatchdogHandle watchdog) implements Intent {}

    /// The machine is paused while memory and disks are cut. Interrupted: the layers that it writes to are
    /// taken over, what was kept for the snapshot goes, and it resumes if `state` says that it ran.
    record Cutting(SnapshotId snapshot, ResumeState state, WatchdogHandle watchdog) implements Intent {}

    /// The memory is being saved. Interrupted: if the machine is off the file is whole, else it goes, and the
    /// machine goes on as `state` says.
    ///
    /// @param watchdog there while the machine is paused by us: then it may have gone on, and been powered off
    ///     since, so the file goes in any case
    record Suspending(ResumeState state, Optional<WatchdogHandle> watchdog) implements Intent {}

    /// The machine is off or about to be, and its disks are being replaced. Interrupted: the command comes
    /// again.
    record Reverting(SnapshotId snapshot) implements Intent {}
}
