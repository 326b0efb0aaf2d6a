package cloud.stasis.compute.capture;

import cloud.stasis.compute.capture.MemoryCut.Paused;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.instance.IntentRecord;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Lets all disks of a machine that is on go on in new layers, at one instant and without its memory.
///
/// ```
///  before    prepare a layer for each disk; forget every checkpoint
///  paused    disks to the prepared layers, a fresh checkpoint on those
///  after     whoever asked writes down what the frozen layers are; on failure [MemoryCut#recover]
/// ```
final class LayerCut {
    private final Host host;
    private final MemoryCut recovery;

    LayerCut(Host host, MemoryCut recovery) {
        this.host = host;
        this.recovery = recovery;
    }

    Map<DeviceName, Path> prepare(Instance instance) {
        Map<DeviceName, Path> prepared = MemoryCut.prepare(host, instance);
        MemoryCut.forgetAll(host, instance);
        return prepared;
    }

    /// @param name of the cut, for whoever finds it half done
    /// @param record called once the machine has gone on; commits the prepared layers
    Paused cut(
            Instance instance,
            PowerState state,
            SnapshotId name,
            Map<DeviceName, Path> prepared,
            Meeting meeting,
            Consumer<Paused> record) {
        ResumeState after = state == PowerState.RUNNING ? ResumeState.RUNNING : ResumeState.PAUSED;
        Intent.Cutting intent = new Intent.Cutting(name, after, host.watchdog().handle());
        // That the guest is frozen, if it is; still true when the cut is over.
        Optional<IntentRecord> around = instance.directory().intent().read();
        instance.begin(intent);
        try {
            Paused paused =
                    MemoryCut.whilePaused(host, instance, intent, prepared.keySet(), meeting, () -> host.hypervisor()
                            .liveLayers()
                            .switchTo(instance.id(), prepared));
            record.accept(paused);
            around.ifPresentOrElse(known -> instance.begin(known.intent()), instance::end);
            return paused;
        } catch (RuntimeException | Error e) {
            recovery.recover(instance, intent, e);
            throw e;
        }
    }
}
