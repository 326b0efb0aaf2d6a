package cloud.stasis.compute.capture;

import cloud.stasis.compute.capture.Meeting.Stage;
import cloud.stasis.compute.capture.MemoryCut.Paused;
import cloud.stasis.compute.capture.Quiescing.Quiesced;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.instance.SnapshotRecord.FrozenDisk;
import cloud.stasis.compute.instance.SnapshotRecord.Quiet;
import cloud.stasis.messages.CommandResult.MemberInstant;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One machine on its way through an instant that it shares with others, each by the path that its state asks for:
///
/// | machine | kept of it | how |
/// |---|---|---|
/// | on | all, with memory | [MemoryCut]; it is not frozen |
/// | on | all, or some volumes | frozen by its agent, if it runs and that is wanted; [LayerCut] |
/// | off | all, or some volumes | its layers are frozen |
final class MemberCut {
    private final Host host;
    private final SnapshotCut atRest;
    private final MemoryCut memory;
    private final LayerCut layers;
    private final Quiescing quiescing;
    private final SettleCapture settle;

    MemberCut(Host host, SnapshotCut atRest, MemoryCut memory, SettleCapture settle) {
        this.host = host;
        this.atRest = atRest;
        this.memory = memory;
        this.layers = new LayerCut(host, memory);
        this.quiescing = new Quiescing(host);
        this.settle = settle;
    }

    /// @param name of the instant
    MemberInstant cut(Cut cut, UUID name, Quiesce quiesce, Meeting meeting) {
        Instance instance = host.instances().open(cut.instance());
        PowerState state = host.state(instance);
        return switch (cut) {
            case Cut.WholeInstance whole -> {
                SnapshotRecord record = whole(instance, state, whole, quiesce, meeting);
                yield new MemberInstant(instance.id(), record.takenAt(), receipt(instance, whole, record, quiesce));
            }
            case Cut.SomeVolumes some -> volumes(instance, state, some, new SnapshotId(name), quiesce, meeting);
        };
    }

    private SnapshotRecord whole(
            Instance instance, PowerState state, Cut.WholeInstance cut, Quiesce quiesce, Meeting meeting) {
        if (!Host.isActive(state)) {
            return atRest(meeting, () -> atRest.freeze(instance, state, cut.snapshot(), quiesce));
        }
        if (cut.memory() == MemoryChoice.WITH_MEMORY) {
            return memory.cut(instance, state, cut.snapshot(), meeting);
        }
        SnapshotDirectory directory = instance.directory().snapshot(cut.snapshot());
        directory.make();
        String xml = host.hypervisor().domains().describe(instance.id());
        List<FrozenDisk> frozen = new ArrayList<>();
        Quiesced<Paused> held = active(
                instance,
                state,
                cut.snapshot(),
                quiesce,
                meeting,
                paused -> frozen.addAll(MemoryCut.hold(instance, cut.snapshot(), paused)));
        SnapshotRecord record = new SnapshotRecord(
                held.result().machine(),
                held.result().at(),
                held.reached(),
                held.result().held(),
                Optional.empty(),
                frozen,
                xml,
                Optional.of(new Quiet(quiesce, held.frozen(), held.agent(), held.freeze())),
                Optional.of(state),
                Optional.empty());
        directory.meta().write(record);
        return record;
    }

    private MemberInstant volumes(
            Instance instance,
            PowerState state,
            Cut.SomeVolumes cut,
            SnapshotId name,
            Quiesce quiesce,
            Meeting meeting) {
        SortedMap<DeviceName, SnapshotId> wanted = CutVolumes.wanted(instance, cut.volumes());
        if (!Host.isActive(state)) {
            Consistency reached = RestingCapture.reach(state, quiesce);
            Instant at = atRest(meeting, () -> {
                CutVolumes.freeze(instance, wanted);
                return host.clock().instant();
            });
            return new MemberInstant(instance.id(), at, receipt(instance, quiesce, reached));
        }
        Quiesced<Paused> held =
                active(instance, state, name, quiesce, meeting, paused -> CutVolumes.record(instance, wanted, paused));
        Receipt receipt = new Receipt(
                "layer",
                quiesce,
                held.reached(),
                held.frozen(),
                held.result().held(),
                held.agent(),
                Receipts.hypervisor(host, instance.machine()),
                List.of(),
                held.freeze(),
                Optional.empty());
        return new MemberInstant(instance.id(), held.result().at(), receipt);
    }

    private Quiesced<Paused> active(
            Instance instance,
            PowerState state,
            SnapshotId name,
            Quiesce quiesce,
            Meeting meeting,
            Consumer<Paused> record) {
        host.space().requireReserve();
        Map<DeviceName, Path> prepared = layers.prepare(instance);
        try {
            meeting.arrive(Stage.READY);
            return quiescing.during(instance, state, quiesce, () -> {
                meeting.arrive(Stage.FROZEN);
                return layers.cut(instance, state, name, prepared, meeting, record);
            });
        } catch (RuntimeException | Error e) {
            settlePrepared(instance, e);
            throw e;
        }
    }

    /// If nobody answers, the next command finds the layers.
    private void settlePrepared(Instance instance, Throwable failure) {
        try {
            MemoryCut.settlePrepared(host, instance, host.hypervisor().domains().find(instance.id()));
        } catch (StasisException e) {
            failure.addSuppressed(e);
        }
    }

    private static <T> T atRest(Meeting meeting, Supplier<T> cut) {
        meeting.arrive(Stage.READY);
        meeting.arrive(Stage.FROZEN);
        meeting.arrive(Stage.PAUSED);
        T result = cut.get();
        meeting.arrive(Stage.CUT);
        meeting.arrive(Stage.RELEASED);
        return result;
    }

    /// What is known of it before its bytes are in the store.
    private Receipt receipt(Instance instance, Cut.WholeInstance cut, SnapshotRecord record, Quiesce quiesce) {
        return new Receipt(
                CaptureInstance.strategy(record, instance.directory().snapshot(cut.snapshot())),
                quiesce,
                record.reached(),
                record.quiet().map(Quiet::frozen).orElse(Duration.ZERO),
                record.paused(),
                Receipts.agent(record),
                Receipts.hypervisor(host, record.machine()),
                List.of(),
                record.quiet().flatMap(Quiet::freeze),
                Optional.empty());
    }

    private Receipt receipt(Instance instance, Quiesce quiesce, Consistency reached) {
        return new Receipt(
                "layer",
                quiesce,
                reached,
                Duration.ZERO,
                Duration.ZERO,
                "the machine is off",
                Receipts.hypervisor(host, instance.machine()),
                List.of());
    }

    /// Nothing of the cut is left, whether it was made or not.
    void forget(Cut cut) {
        host.instances().find(cut.instance()).ifPresent(instance -> {
            switch (cut) {
                case Cut.WholeInstance whole ->
                    settle.abandon(instance, whole.snapshot().value());
                case Cut.SomeVolumes some ->
                    some.volumes()
                            .forEach(of -> instance.disks().values().forEach(disk -> disk.release(of.snapshot())));
            }
        });
    }
}
