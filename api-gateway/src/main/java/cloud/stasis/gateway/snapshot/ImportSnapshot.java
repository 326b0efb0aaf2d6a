package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes a snapshot of a machine that came as an image: the same parts under a second name. No byte moves, and each
/// of the two lives on when the other is deleted.
///
/// The snapshot's row is there from the start (`creating`). Of what the file says no id is believed: the snapshot and
/// the server that it is of have new ones, it belongs to the owner of the image, and it has no parent. Memory that
/// only the very same server could go on from is left out.
///
/// An image that is deleted meanwhile does no harm: before its archive was opened there is nothing to make a snapshot
/// of, and afterwards its parts stay for an hour without a name.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | open | image service | OpenArchive | none: it only looks |
/// | seal (commit point) | image service | SealBundle | DropReference |
public final class ImportSnapshot implements Saga<ImportSnapshot.Data> {
    private static final StepName SEAL = new StepName("seal");

    private final SnapshotRows snapshots;
    private final ImportedMachine machines;
    private final Outbox outbox;
    private final Verdicts verdicts;
    private final Clock clock;

    public ImportSnapshot(
            SnapshotRows snapshots, ImportedMachine machines, Outbox outbox, Verdicts verdicts, Clock clock) {
        this.snapshots = snapshots;
        this.machines = machines;
        this.outbox = outbox;
        this.verdicts = verdicts;
        this.clock = clock;
    }

    /// @param origin the server that the snapshot is said to be of; there is none
    /// @param kernels the images that the owner says such a machine is started from
    /// @param memory whether it is taken out of the archive
    /// @param opened what the archive says
    public record Data(
            SnapshotId snapshot,
            InstanceId origin,
            ProjectId project,
            ImageId image,
            String name,
            Map<String, String> kernels,
            MemoryChoice memory,
            Optional<CommandResult.Opened> opened,
            Optional<ManifestId> sealed) {
        public Data {
            kernels = Map.copyOf(kernels);
        }

        static Data of(Snapshot snapshot, ImageRecord image, MemoryChoice memory) {
            Map<String, String> kernels = new TreeMap<>(image.properties());
            kernels.keySet().retainAll(SnapshotDescription.KERNELS);
            return new Data(
                    snapshot.id(),
                    snapshot.instance(),
                    snapshot.project(),
                    image.id(),
                    snapshot.name(),
                    kernels,
                    memory,
                    Optional.empty(),
                    Optional.empty());
        }

        Data opening(CommandResult.Opened result) {
            return new Data(snapshot, origin, project, image, name, kernels, memory, Optional.of(result), sealed);
        }

        Data sealing(CommandResult.Sealed result) {
            return new Data(
                    snapshot, origin, project, image, name, kernels, memory, opened, Optional.of(result.manifest()));
        }

        Manifest manifest() {
            CommandResult.Opened archive = opened.orElseThrow();
            return new Manifest(
                    Manifest.CURRENT_VERSION,
                    ReferenceName.Kind.SNAPSHOT,
                    Optional.of(origin),
                    archive.manifest().takenAt(),
                    Optional.empty(),
                    taken(archive.manifest().parts(), memory),
                    archive.manifest().receipt(),
                    SnapshotDescription.write(
                            archive.manifest(), archive.machine(), name, project, image, startedFrom(archive)));
        }

        /// As the owner says, else as the archive does.
        private Map<String, String> startedFrom(CommandResult.Opened archive) {
            Map<String, String> images = new TreeMap<>(archive.manifest().metadata());
            images.keySet().retainAll(SnapshotDescription.KERNELS);
            images.putAll(kernels);
            return images;
        }
    }

    /// The parts of an archive that a snapshot is made of.
    static List<Part> taken(List<Part> parts, MemoryChoice choice) {
        return parts.stream()
                .filter(part -> switch (part) {
                    case Part.Disk _, Part.DeviceArchive _ -> true;
                    case Part.Memory memory ->
                        choice == MemoryChoice.WITH_MEMORY && memory.format() == Part.MemoryFormat.RAM_IMAGE;
                    case Part.File _, Part.DomainXml _ -> false;
                })
                .toList();
    }

    @Override
    public String name() {
        return "import-snapshot";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(
                Step.<Data>of(
                                "open",
                                known -> new Request(
                                        outbox.imageTopic(),
                                        new ImageCommand.OpenArchive(ReferenceName.of(known.image()))))
                        .bringing(CommandResult.Opened.class, Data::opening),
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
                        .committing());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        Manifest manifest = data.manifest();
        mine(run).ifPresent(snapshot -> {
            Snapshot whole = snapshot.madeOf(
                            machines.of(
                                    manifest,
                                    data.project(),
                                    data.opened().orElseThrow().machine()),
                            clock.instant())
                    .holding(new SealedBundle(data.sealed().orElseThrow(), manifest), clock.instant())
                    .in(new SnapshotState.Available(), clock.instant());
            snapshots.save(whole);
            snapshots.judge(whole.id(), verdicts.first(whole));
        });
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        snapshots.remove(run.data().snapshot());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        mine(run).ifPresent(snapshot -> snapshots.save(snapshot.in(new SnapshotState.Failed(), clock.instant())));
    }

    private Optional<Snapshot> mine(Run<Data> run) {
        return snapshots.lock(run.data().snapshot()).filter(snapshot -> snapshot.isWorkedOnBy(run.id()));
    }
}
