package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Phase;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Makes an image of a server whose root disk is a volume: a snapshot of each of its volumes, all of one instant, and
/// an image without bytes that names them.
///
/// The rows of image (`queued`) and snapshots (`creating`) are there from the start. When the instant exists the
/// image is `active` at once; there is nothing to upload. Before that any failure, and the image's deletion, removes
/// every trace; afterwards the snapshots are the tenant's own, and outlive the image.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | cut-volumes | agent | CutVolumes | DropCuts |
public final class ImageOfVolumes implements Saga<ImageOfVolumes.Data> {
    /// Of no bytes at all.
    private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";

    private static final String SHA512 = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";

    private final Instances instances;
    private final InstanceTurns turns;
    private final VolumeSnapshots snapshots;
    private final Images images;
    private final Clock clock;

    public ImageOfVolumes(
            Instances instances, InstanceTurns turns, VolumeSnapshots snapshots, Images images, Clock clock) {
        this.instances = instances;
        this.turns = turns;
        this.snapshots = snapshots;
        this.images = images;
        this.clock = clock;
    }

    /// @param cut names this instant on the host
    /// @param cuts each volume with the snapshot that it gets
    /// @param captured what the agent brought
    public record Data(
            InstanceId instance,
            HostId host,
            ImageId image,
            UUID cut,
            List<VolumeCut> cuts,
            Quiesce quiesce,
            Optional<CommandResult.Captured> captured) {
        public Data {
            cuts = List.copyOf(cuts);
        }

        Data capturing(CommandResult.Captured result) {
            return new Data(instance, host, image, cut, cuts, quiesce, Optional.of(result));
        }

        /// The image has no parts; this is never sealed.
        Manifest manifest() {
            CommandResult.Captured instant = captured.orElseThrow();
            return new Manifest(
                    Manifest.CURRENT_VERSION,
                    ReferenceName.Kind.IMAGE,
                    Optional.of(instance),
                    instant.takenAt(),
                    Optional.empty(),
                    List.of(),
                    Optional.of(instant.receipt()),
                    Map.of());
        }
    }

    @Override
    public String name() {
        return "image-of-volumes";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "cut-volumes",
                        known -> to(
                                known,
                                new ComputeCommand.CutVolumes(
                                        known.instance(), known.cut(), known.cuts(), known.quiesce())))
                .bringing(CommandResult.Captured.class, Data::capturing)
                .undoneBy(known -> to(known, new ComputeCommand.DropCuts(known.instance(), known.cuts()))));
    }

    private static Request to(Data data, ComputeCommand command) {
        return new Request(Topics.commands(data.host()), command);
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        turns.phase(run.data().instance(), run.id(), phase);
        images.saving(run.data().image());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        turns.idle(data.instance(), run.id());
        change(run, snapshot -> snapshot.in(new VolumeSnapshot.State.Available(), clock.instant()));
        if (images.activate(data.image(), data.manifest(), ByteCount.ZERO)) {
            images.checksums(data.image(), MD5, SHA512);
        }
        return List.of();
    }

    /// A deleted server was gone from its host when the snapshots were to be dropped: its volumes, where they stayed,
    /// may hold them still. They are shown, so that they can be deleted.
    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        boolean isThere = instances
                .find(run.data().instance())
                .filter(instance -> !instance.state().isBusyWith(Operation.DELETE))
                .isPresent();
        images.abandon(run.data().image());
        turns.idle(run.data().instance(), run.id());
        change(
                run,
                snapshot -> isThere
                        ? snapshot.deleted(clock.instant())
                        : snapshot.in(new VolumeSnapshot.State.Failed(), clock.instant()));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        images.abandon(run.data().image());
        turns.idle(run.data().instance(), run.id());
        change(run, snapshot -> snapshot.in(new VolumeSnapshot.State.Failed(), clock.instant()));
    }

    @Override
    public boolean isUnwanted(Data data) {
        return images.find(data.image()).isEmpty();
    }

    private void change(Run<Data> run, Function<VolumeSnapshot, VolumeSnapshot> change) {
        for (VolumeCut cut : run.data().cuts()) {
            SnapshotId id = cut.snapshot();
            snapshots
                    .lock(id)
                    .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                    .ifPresent(snapshot -> snapshots.save(change.apply(snapshot)));
        }
    }
}
