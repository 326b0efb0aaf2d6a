package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.LeftOutIfEmpty;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes a snapshot of a server: one instant of all its disks and, if asked for, its memory.
///
/// The snapshot's row is there from the start (`creating`). The agent freezes or pauses the guest, cuts, and lets
/// it go on: one step, since the guest must never wait for the bus. Then it uploads. Once the bundle is sealed
/// there is no way back: the snapshot is `available` and the server's position. Before that, any failure removes
/// every trace: the frozen layers on the host, the reference, the row; the job keeps the reason.
///
/// One that is taken for a clone of the server begins that when it is over; if it fails, so does the clone's job.
///
/// A safety snapshot is one whose instant a revert has left on the host already. It is only uploaded, beside whatever
/// its server does meanwhile, and the oldest ones go when there are too many ([SafetySnapshots]).
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | capture-instance | agent | CaptureInstance or UploadSnapshot | SettleCapture(ABANDONED) |
/// | seal (commit point) | image service | SealBundle | DropReference |
/// | settle | agent | SettleCapture(SEALED) | none |
public final class TakeSnapshot implements Saga<TakeSnapshot.Data> {
    private static final StepName SEAL = new StepName("seal");

    private final InstanceTurns instances;
    private final SnapshotRows snapshots;
    private final Grants grants;
    private final Outbox outbox;
    private final SafetySnapshots safeties;
    private final VolumeExchange volumes;
    private final Verdicts verdicts;
    private final NewClones clones;
    private final JobTracker jobs;
    private final Clock clock;

    public TakeSnapshot(
            InstanceTurns instances,
            SnapshotRows snapshots,
            Grants grants,
            Outbox outbox,
            SafetySnapshots safeties,
            VolumeExchange volumes,
            Verdicts verdicts,
            NewClones clones,
            JobTracker jobs,
            Clock clock) {
        this.instances = instances;
        this.snapshots = snapshots;
        this.grants = grants;
        this.outbox = outbox;
        this.safeties = safeties;
        this.volumes = volumes;
        this.verdicts = verdicts;
        this.clones = clones;
        this.jobs = jobs;
        this.clock = clock;
    }

    /// Which instant it shows.
    public enum Moment {
        /// One that is cut now.
        NOW,
        /// One that a revert has left on the host.
        LEFT_BY_REVERT
    }

    /// @param parent the bundle of the snapshot that the server's history continues from
    /// @param metadata of the manifest
    /// @param captured what the agent brought
    /// @param sealed the bundle's name
    /// @param leaving volumes that a revert took from the server, and that are read until then
    /// @param pending the server that is made of it as soon as it is there
    public record Data(
            SnapshotId snapshot,
            InstanceId instance,
            HostId host,
            Moment moment,
            Asked asked,
            Optional<ManifestId> parent,
            Map<String, String> metadata,
            Optional<CommandResult.Captured> captured,
            Optional<ManifestId> sealed,
            @LeftOutIfEmpty List<VolumeId> leaving,
            @LeftOutIfEmpty Optional<NewClones.Pending> pending) {
        public Data {
            metadata = Map.copyOf(metadata);
            leaving = List.copyOf(leaving);
        }

        /// With volumes that are free when it is over.
        Data freeing(List<VolumeId> left) {
            return new Data(snapshot, instance, host, moment, asked, parent, metadata, captured, sealed, left, pending);
        }

        Data forClone(NewClones.Pending made) {
            return new Data(
                    snapshot,
                    instance,
                    host,
                    moment,
                    asked,
                    parent,
                    metadata,
                    captured,
                    sealed,
                    leaving,
                    Optional.of(made));
        }

        static Data of(Snapshot snapshot, HostId host, Moment moment, Origin origin) {
            return new Data(
                    snapshot.id(),
                    snapshot.instance(),
                    host,
                    moment,
                    snapshot.asked(),
                    origin.parent(),
                    origin.metadata(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty());
        }

        Data capturing(CommandResult.Captured result) {
            return new Data(
                    snapshot,
                    instance,
                    host,
                    moment,
                    asked,
                    parent,
                    metadata,
                    Optional.of(result),
                    sealed,
                    leaving,
                    pending);
        }

        Data sealing(CommandResult.Sealed result) {
            return new Data(
                    snapshot,
                    instance,
                    host,
                    moment,
                    asked,
                    parent,
                    metadata,
                    captured,
                    Optional.of(result.manifest()),
                    leaving,
                    pending);
        }

        Manifest manifest() {
            CommandResult.Captured bytes = captured.orElseThrow();
            return new Manifest(
                    Manifest.CURRENT_VERSION,
                    ReferenceName.Kind.SNAPSHOT,
                    Optional.of(instance),
                    bytes.takenAt(),
                    parent,
                    bytes.parts(),
                    Optional.of(bytes.receipt()),
                    metadata);
        }
    }

    /// Where a snapshot comes from, as its manifest tells it.
    public record Origin(Optional<ManifestId> parent, Map<String, String> metadata) {
        public Origin {
            metadata = Map.copyOf(metadata);
        }
    }

    @Override
    public String name() {
        return "take-snapshot";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(
                Step.<Data>of("capture-instance", this::capture)
                        .bringing(CommandResult.Captured.class, Data::capturing)
                        .undoneBy(known -> settle(known, Settlement.ABANDONED)),
                Step.<Data>of(
                                SEAL.value(),
                                known -> new Request(
                                        outbox.imageTopic(),
                                        new ImageCommand.SealBundle(
                                                ReferenceName.of(known.snapshot()), known.manifest())))
                        .bringing(CommandResult.Sealed.class, Data::sealing)
                        .undoneBy(known -> new Request(
                                outbox.imageTopic(),
                                new ImageCommand.DropReference(ReferenceName.of(known.snapshot()))))
                        .committing(),
                Step.of("settle", known -> settle(known, Settlement.SEALED)));
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        if (step.equals(SEAL)) {
            sealed(run);
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        instances.idle(run.data().instance(), run.id());
        volumes.free(run, run.data().leaving());
        return switch (run.data().moment()) {
            case NOW -> run.data().pending().map(clone -> made(clone, run)).orElse(List.of());
            case LEFT_BY_REVERT -> safeties.superfluous(run.data().instance());
        };
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        snapshots.remove(run.data().snapshot());
        run.data().pending().ifPresent(clone -> jobs.failed(clone.job(), cause));
        volumes.free(run, run.data().leaving());
        instances.idle(run.data().instance(), run.id());
    }

    /// Past the seal the snapshot is good and only the host was not told.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        snapshots
                .lock(run.data().snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(snapshot.in(new SnapshotState.Failed(), clock.instant())));
        run.data().pending().ifPresent(clone -> jobs.failed(clone.job(), failure));
        volumes.free(run, run.data().leaving());
        instances.idle(run.data().instance(), run.id());
    }

    /// The snapshot stays, whatever becomes of the clone.
    private List<Start<?>> made(NewClones.Pending clone, Run<Data> run) {
        try {
            return List.of(clones.start(
                    clone.id(), clone.user(), run.data().snapshot(), clone.asked(), Optional.of(clone.job())));
        } catch (StasisException e) {
            jobs.failed(clone.job(), e.report());
            return List.of();
        }
    }

    private void sealed(Run<Data> run) {
        Data data = run.data();
        SealedBundle bundle = new SealedBundle(data.sealed().orElseThrow(), data.manifest());
        Optional<Snapshot> taken = snapshots.lock(data.snapshot()).map(snapshot -> snapshot.holding(
                        bundle, clock.instant())
                .in(new SnapshotState.Available(), clock.instant()));
        taken.ifPresent(snapshots::save);
        instances.change(
                data.instance(), run.id(), instance -> instance.at(Optional.of(data.snapshot()), clock.instant()));
        taken.ifPresent(snapshot -> snapshots.judge(snapshot.id(), verdicts.first(snapshot)));
        instances.phase(data.instance(), run.id(), Phase.SETTLING);
    }

    private Request capture(Data data) {
        StoreGrant grant = grants.toWrite(ReferenceName.of(data.snapshot()));
        ComputeCommand command =
                switch (data.moment()) {
                    case NOW ->
                        new ComputeCommand.CaptureInstance(
                                data.instance(),
                                data.snapshot(),
                                data.asked().memory(),
                                data.asked().quiesce(),
                                grant);
                    case LEFT_BY_REVERT -> new ComputeCommand.UploadSnapshot(data.instance(), data.snapshot(), grant);
                };
        return new Request(Topics.commands(data.host()), command);
    }

    /// An instance capture is named by its snapshot.
    private static Request settle(Data data, Settlement settlement) {
        return new Request(
                Topics.commands(data.host()),
                new ComputeCommand.SettleCapture(
                        data.instance(), data.snapshot().value(), settlement));
    }
}
