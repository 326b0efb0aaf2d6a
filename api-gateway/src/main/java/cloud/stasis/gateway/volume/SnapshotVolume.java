package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Keeps what a volume holds now. One that a server has is kept by the agent that has it open, which freezes the
/// guest's file systems for a moment if the guest can.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | snapshot-volume | volume service, or agent | SnapshotVolume, or CutVolumes | DropVolumeSnapshot, or DropCut |
public final class SnapshotVolume implements Saga<SnapshotVolume.Data> {
    private final VolumeSnapshots snapshots;
    private final Clock clock;

    public SnapshotVolume(VolumeSnapshots snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /// @param opened the server that has the volume, if one does
    public record Data(SnapshotId snapshot, VolumeId volume, BackendId backend, Optional<Opened> opened) {}

    @Override
    public String name() {
        return "snapshot-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of("snapshot-volume", SnapshotVolume::keep).undoneBy(SnapshotVolume::forget));
    }

    /// Also for sagas that keep a volume as one of their steps.
    public static Request forget(Data known) {
        return DeleteVolumeSnapshot.drop(known.volume(), known.snapshot(), known.backend(), known.opened());
    }

    public static Request keep(Data data) {
        return data.opened()
                .map(at -> new Request(
                        Topics.commands(at.host()),
                        new ComputeCommand.CutVolumes(
                                at.instance(),
                                data.snapshot().value(),
                                List.of(new VolumeCut(data.volume(), data.snapshot())),
                                Quiesce.PREFER)))
                .orElseGet(() -> new Request(
                        Topics.commands(data.backend()),
                        new VolumeCommand.SnapshotVolume(data.volume(), data.snapshot())));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        change(run, new VolumeSnapshot.State.Available());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        change(run, new VolumeSnapshot.State.Failed());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        change(run, new VolumeSnapshot.State.Failed());
    }

    private void change(Run<Data> run, VolumeSnapshot.State next) {
        snapshots
                .lock(run.data().snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(snapshot.in(next, clock.instant())));
    }
}
