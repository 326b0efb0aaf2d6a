package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.compute.BlockDevice;
import cloud.stasis.gateway.compute.ImageCapture;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.NewServer;
import cloud.stasis.gateway.compute.Power;
import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.compute.ServerCreation;
import cloud.stasis.gateway.compute.Servers;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobQuery;
import cloud.stasis.gateway.protection.FailOver;
import cloud.stasis.gateway.saga.JobControl;
import cloud.stasis.gateway.snapshot.Clones;
import cloud.stasis.gateway.snapshot.Instants;
import cloud.stasis.gateway.snapshot.NewClones;
import cloud.stasis.gateway.snapshot.Reverts;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.SnapshotImages;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.volume.Backup;
import cloud.stasis.gateway.volume.BackupCatalog;
import cloud.stasis.gateway.volume.NewVolume;
import cloud.stasis.gateway.volume.SnapshotCatalog;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeBundle;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeCreation;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What must hold for every saga, whatever it does: however workers fail, forget and repeat themselves, it ends,
/// and no row is left in a state that only a saga at work may have.
@QuarkusTest
class SagasIT {
    private static final ErrorReport FULL = new ErrorReport(ErrorCode.NO_SPACE, "the disk is full");
    private static final ErrorReport AWAY = new ErrorReport(ErrorCode.STORE_UNAVAILABLE, "the store is away");
    private static final ErrorReport UNKNOWN = new ErrorReport(ErrorCode.OUTCOME_UNKNOWN, "who knows");

    private static final Asked ASKED = new Asked(MemoryChoice.WITH_MEMORY, Quiesce.PREFER);

    @Inject
    FakeWorkers workers;

    @Inject
    Cloud cloud;

    @Inject
    ServerCreation creation;

    @Inject
    Servers servers;

    @Inject
    ImageCapture images;

    @Inject
    Snapshots snapshots;

    @Inject
    Instants instants;

    @Inject
    Reverts reverts;

    @Inject
    Clones clones;

    @Inject
    SnapshotImages snapshotImages;

    @Inject
    VolumeCatalog volumes;

    @Inject
    VolumeCreation volumeCreation;

    @Inject
    BackupCatalog backups;

    @Inject
    SnapshotCatalog volumeSnapshots;

    @Inject
    Standbys standbys;

    @Inject
    JobControl jobs;

    @BeforeEach
    void start() {
        workers.start();
        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.await(
                "the host is known",
                () -> cloud.count("select count(*) from host") > 0
                        && cloud.count("select count(*) from storage_backend") > 0);
    }

    @AfterEach
    void endStuckOnes() {
        workers.behave(FakeWorkers.Manners.GOOD);
        standbys.forget();
    }

    /// Something that a saga does, from a state that the others have prepared.
    private record Scenario(String name, int commands, Function<Caller, Runnable> prepare) {}

    private List<Scenario> scenarios() {
        return List.of(
                new Scenario("boot-server", 3, caller -> {
                    var image = cloud.image(caller.project(), Map.of());
                    return () -> creation.create(caller, server(image, true));
                }),
                new Scenario("boot-server", 2, caller -> {
                    var image = cloud.image(caller.project(), Map.of());
                    return () -> creation.create(caller, onVolume(image));
                }),
                new Scenario("image-of-volumes", 1, caller -> {
                    InstanceId server = running(caller, onVolume(cloud.image(caller.project(), Map.of())));
                    return () -> images.begin(caller, server, "image", Map.of());
                }),
                new Scenario("change-power", 1, caller -> {
                    InstanceId server = running(caller, false);
                    return () -> servers.change(caller, server, Power.STOP);
                }),
                new Scenario("delete-server", 2, caller -> {
                    InstanceId server = running(caller, true);
                    return () -> servers.delete(caller, server);
                }),
                new Scenario("create-image", 4, caller -> {
                    InstanceId server = running(caller, false);
                    return () -> images.begin(caller, server, "image", Map.of());
                }),
                new Scenario("take-snapshot", 3, caller -> {
                    InstanceId server = running(caller, false);
                    return () -> take(caller, server);
                }),
                new Scenario("take-instant", 7, caller -> {
                    List<InstanceId> both = List.of(running(caller, false), running(caller, false));
                    return () -> instants.take(caller, both, "both", ASKED, Optional.empty());
                }),
                new Scenario("take-instant of two hosts", 8, caller -> {
                    List<InstanceId> both = List.of(running(caller, false), running(caller, false));
                    cloud.move(both.getLast(), "host-2");
                    return () -> instants.take(caller, both, "both", ASKED, Optional.empty());
                }),
                new Scenario("revert-server", 1, caller -> {
                    SnapshotId snapshot = taken(caller);
                    return () -> reverts.revert(caller, snapshot, way(Reverts.Safety.TAKEN), Optional.empty());
                }),
                new Scenario("revert-server", 1, caller -> {
                    SnapshotId snapshot = taken(caller);
                    return () -> reverts.revert(caller, snapshot, way(Reverts.Safety.DECLINED), Optional.empty());
                }),
                new Scenario("clone-server", 1, caller -> {
                    SnapshotId snapshot = taken(caller);
                    return () -> clones.clone(
                            caller,
                            snapshot,
                            new NewClones.Asked("clone", MemoryChoice.WITH_MEMORY, ResumeState.RUNNING, Identity.KEEP),
                            Optional.empty());
                }),
                new Scenario("protect-server", 2, caller -> {
                    standbys.beat();
                    InstanceId server = running(caller, false);
                    return () -> standbys.protect(caller, server);
                }),
                new Scenario("unprotect-server", 2, caller -> {
                    InstanceId server = standbys.of(caller, running(caller, false));
                    return () -> standbys.unprotect(caller, server);
                }),
                new Scenario("fail-over, planned", 4, caller -> {
                    InstanceId server = standbys.of(caller, running(caller, false));
                    return () -> standbys.failOver(caller, server, FailOver.Kind.PLANNED);
                }),
                new Scenario("fail-over, not planned", 4, caller -> {
                    InstanceId server = standbys.of(caller, running(caller, false));
                    return () -> standbys.failOver(caller, server, FailOver.Kind.UNPLANNED);
                }),
                new Scenario("delete-server, protected", 5, caller -> {
                    InstanceId server = standbys.of(caller, running(caller, false));
                    return () -> servers.delete(caller, server);
                }),
                new Scenario("delete-snapshot", 2, caller -> {
                    SnapshotId snapshot = taken(caller);
                    return () -> snapshots.delete(caller, snapshot, Optional.empty());
                }),
                new Scenario("publish-snapshot", 2, caller -> {
                    SnapshotId snapshot = taken(caller);
                    return () -> snapshotImages.begin(caller, snapshot, "image", SnapshotImages.DiskForm.QCOW2);
                }),
                new Scenario("create-volume", 1, caller -> () -> blank(caller)),
                new Scenario("create-volume", 1, caller -> {
                    Volume source = made(caller);
                    return () -> volumeCreation.create(
                            caller, NewVolume.of(new VolumeSource.OfVolume(source.id()), Optional.empty()));
                }),
                new Scenario("create-volume", 1, caller -> {
                    ImageId image = cloud.image(caller.project(), Map.of());
                    return () -> volumeCreation.create(
                            caller, NewVolume.of(new VolumeSource.OfImage(image), Optional.empty()));
                }),
                new Scenario("upload-volume", 3, caller -> {
                    Volume volume = made(caller);
                    return () -> volumes.upload(
                            caller,
                            volume.id(),
                            new VolumeCatalog.NewImage("i", VolumeBundle.Form.RAW),
                            VolumeCatalog.Force.NO);
                }),
                new Scenario("backup-volume", 3, caller -> {
                    Volume volume = made(caller);
                    return () -> backup(caller, volume);
                }),
                new Scenario("restore-backup", 1, caller -> {
                    Backup backup = backup(caller, made(caller));
                    cloud.awaitQuiet();
                    return () -> backups.restore(caller, backup.key(), Optional.empty(), Optional.empty());
                }),
                new Scenario("delete-backup", 1, caller -> {
                    Backup backup = backup(caller, made(caller));
                    cloud.awaitQuiet();
                    return () -> backups.delete(caller, backup.key());
                }),
                new Scenario("extend-volume", 1, caller -> {
                    Volume volume = made(caller);
                    return () -> volumes.extend(caller, volume.id(), ByteCount.ofGib(2), VolumeCatalog.InUse.NOT);
                }),
                new Scenario("snapshot-volume", 1, caller -> {
                    Volume volume = made(caller);
                    return () -> volumeSnapshots.create(caller, volume.id(), Volume.Label.NONE, VolumeCatalog.Force.NO);
                }),
                new Scenario("revert-volume", 2, caller -> {
                    VolumeSnapshot snapshot = kept(caller);
                    return () -> volumes.revert(caller, snapshot.volume(), snapshot.id(), VolumeCatalog.Safety.TAKEN);
                }),
                new Scenario("delete-volume-snapshot", 1, caller -> {
                    VolumeSnapshot snapshot = kept(caller);
                    return () -> volumeSnapshots.delete(caller, snapshot.id(), SnapshotCatalog.Deletion.PLAIN);
                }),
                new Scenario("delete-volume", 1, caller -> {
                    VolumeSnapshot snapshot = kept(caller);
                    return () -> volumes.delete(caller, snapshot.volume(), VolumeCatalog.Deletion.WITH_SNAPSHOTS);
                }));
    }

    private Volume blank(Caller caller) {
        return volumeCreation.create(caller, NewVolume.blank(ByteCount.ofGib(1)));
    }

    private Backup backup(Caller caller, Volume volume) {
        return backups.create(
                caller,
                new BackupCatalog.NewBackup(
                        volume.id(), Optional.empty(), Volume.Label.NONE, Optional.empty(), Backup.Mode.FULL),
                VolumeCatalog.Force.NO);
    }

    private Volume made(Caller caller) {
        Volume volume = blank(caller);
        cloud.awaitQuiet();
        return volume;
    }

    private VolumeSnapshot kept(Caller caller) {
        VolumeSnapshot snapshot =
                volumeSnapshots.create(caller, made(caller).id(), Volume.Label.NONE, VolumeCatalog.Force.NO);
        cloud.awaitQuiet();
        return snapshot;
    }

    @TestFactory
    Stream<DynamicTest> endsWhenAllGoesWell() {
        return each("all goes well", (id, command, order) -> Optional.empty(), Outcome.SUCCESS);
    }

    @TestFactory
    Stream<DynamicTest> takesARepeatedAnswerOnce() {
        return each(
                "answers come twice", (id, command, order) -> Optional.of(new Behaviour.Repeats()), Outcome.SUCCESS);
    }

    @TestFactory
    Stream<DynamicTest> asksAgainForAnAnswerThatWasLost() {
        return each("answers are lost", (id, command, order) -> Optional.of(new Behaviour.Forgets()), Outcome.SUCCESS);
    }

    @TestFactory
    Stream<DynamicTest> waitsOutAFailureThatPasses() {
        return eachStep(
                "may pass",
                (id, command, order) ->
                        order.isFresh(id, command) ? Optional.of(new Behaviour.FailsOnce(AWAY)) : Optional.empty(),
                Outcome.SUCCESS);
    }

    @TestFactory
    Stream<DynamicTest> asksAgainWhenTheOutcomeIsUnknown() {
        return eachStep(
                "is unknown",
                (id, command, order) ->
                        order.isFresh(id, command) ? Optional.of(new Behaviour.FailsOnce(UNKNOWN)) : Optional.empty(),
                Outcome.SUCCESS);
    }

    @TestFactory
    Stream<DynamicTest> leavesNothingInBetweenWhenAStepFails() {
        return eachStep(
                "fails for good",
                (id, command, order) ->
                        order.is(id, command) ? Optional.of(new Behaviour.Fails(FULL)) : Optional.empty(),
                Outcome.ANY);
    }

    @TestFactory
    Stream<DynamicTest> leavesNothingInBetweenWhenAStepFailsAndEveryAnswerComesTwice() {
        return eachStep(
                "fails for good, all twice",
                (id, command, order) -> order.is(id, command)
                        ? Optional.of(new Behaviour.Fails(FULL))
                        : Optional.of(new Behaviour.Repeats()),
                Outcome.ANY);
    }

    @TestFactory
    Stream<DynamicTest> leavesNothingInBetweenWhenAStepFailsHoweverOftenItIsAsked() {
        return eachStep(
                "fails again and again",
                (id, command, order) ->
                        order.isOfKind(id, command) ? Optional.of(new Behaviour.Fails(FULL)) : Optional.empty(),
                Outcome.ANY);
    }

    private enum Outcome {
        SUCCESS,
        ANY
    }

    /// Which command of the run a command is, counted from 0; a command that is sent again keeps its number.
    private static final class Order {
        private final List<CommandId> seen = new ArrayList<>();
        private final Set<CommandId> failed = new HashSet<>();
        private final int asked;
        private Class<?> kind = Void.class;

        Order(int asked) {
            this.asked = asked;
        }

        synchronized boolean is(CommandId id, Command command) {
            if (!seen.contains(id)) {
                seen.add(id);
            }
            boolean is = seen.indexOf(id) == asked;
            if (is) {
                kind = command.getClass();
            }
            return is;
        }

        /// It is, and it is so for the first time.
        synchronized boolean isFresh(CommandId id, Command command) {
            return is(id, command) && failed.add(id);
        }

        /// It is, or one of its kind came later: the step that is asked for anew, for instance.
        synchronized boolean isOfKind(CommandId id, Command command) {
            return is(id, command) || command.getClass() == kind;
        }
    }

    private interface Behaving {
        Optional<Behaviour> towards(CommandId id, Command command, Order order);
    }

    private Stream<DynamicTest> eachStep(String how, Behaving behaving, Outcome outcome) {
        return scenarios().stream().flatMap(scenario -> Stream.iterate(0, step -> step + 1)
                .limit(scenario.commands())
                .map(step ->
                        test(scenario.name() + ": command " + step + " " + how, scenario, step, behaving, outcome)));
    }

    private Stream<DynamicTest> each(String how, Behaving behaving, Outcome outcome) {
        return scenarios().stream()
                .map(scenario -> test(scenario.name() + ": " + how, scenario, -1, behaving, outcome));
    }

    private DynamicTest test(String name, Scenario scenario, int step, Behaving behaving, Outcome outcome) {
        return DynamicTest.dynamicTest(name, () -> {
            Caller caller = Cloud.somebody();
            workers.behave(FakeWorkers.Manners.GOOD);
            Runnable act = scenario.prepare().apply(caller);
            cloud.awaitQuiet();
            Order order = new Order(step);
            workers.behave((id, command) -> behaving.towards(id, command, order));
            act.run();
            cloud.awaitQuiet();
            assertNothingInBetween(caller);
            if (outcome == Outcome.SUCCESS) {
                assertThat(lastJob(caller).state().getClass().getSimpleName()).isEqualTo("Succeeded");
            }
        });
    }

    /// No row waits for a saga that has ended, and nothing is left to be sent.
    private void assertNothingInBetween(Caller caller) {
        String project = caller.project().value();
        assertThat(cloud.rows(
                        "select id, operation, phase from instance where project_id = ?1 and (operation is not null"
                                + " or saga_id is not null or stage = 'BUILDING') and deleted_at is null",
                        project))
                .isEmpty();
        assertThat(cloud.rows(
                        "select id, state from volume where project_id = ?1 and deleted_at is null"
                                + " and state not in ('available', 'in-use', 'error', 'error_restoring')",
                        project))
                .isEmpty();
        assertThat(cloud.rows(
                        "select id, state from snapshot where project_id = ?1 and state not in ('available', 'failed')",
                        project))
                .isEmpty();
        assertThat(cloud.rows(
                        "select p.id, p.stage from protection p left join saga s on s.id = p.saga_id"
                                + " where p.project_id = ?1 and p.stage not in ('PROTECTED', 'BROKEN')"
                                + " and (s.standing is null or s.standing <> 'STUCK')",
                        project))
                .isEmpty();
        assertThat(cloud.rows(
                        "select i.id from instance i left join protection p on p.id = i.protection_id"
                                + " where i.project_id = ?1 and i.deleted_at is null and i.protection_id is not null"
                                + " and (p.id is null or p.stage = 'TAKEN_OVER')",
                        project))
                .isEmpty();
        assertThat(cloud.rows(
                        "select id, state from job where project_id = ?1"
                                + " and state not in ('SUCCEEDED', 'FAILED', 'STUCK')",
                        project))
                .isEmpty();
        cloud.await("the outbox is empty", () -> cloud.count("select count(*) from outbox") == 0);
    }

    private Job lastJob(Caller caller) {
        return cloud.look(() -> jobs.list(new JobQuery(
                        caller.project(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 1))
                .getFirst());
    }

    private static BlockDevice blankVolume(int gib, OnTermination onTermination) {
        return new BlockDevice(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new BlockDevice.FreshVolume(
                        new VolumeSource.Blank(), Optional.of(ByteCount.ofGib(gib)), Optional.empty(), onTermination));
    }

    private static NewServer server(ImageId image, boolean withVolumes) {
        List<BlockDevice> devices = withVolumes
                ? List.of(blankVolume(1, OnTermination.DELETE), blankVolume(2, OnTermination.KEEP))
                : List.of();
        return server(Optional.of(image), devices);
    }

    private static NewServer onVolume(ImageId image) {
        BlockDevice root = new BlockDevice(
                Optional.of(0),
                Optional.empty(),
                Optional.empty(),
                new BlockDevice.FreshVolume(
                        new VolumeSource.OfImage(image),
                        Optional.of(ByteCount.ofGib(1)),
                        Optional.empty(),
                        OnTermination.DELETE));
        return server(Optional.empty(), List.of(root));
    }

    private static NewServer server(Optional<ImageId> image, List<BlockDevice> devices) {
        return new NewServer(
                new Profile(
                        "server",
                        Optional.empty(),
                        "server",
                        Optional.empty(),
                        Map.of(),
                        Set.of(),
                        Remarks.NONE,
                        Optional.empty()),
                "1",
                image,
                devices,
                1,
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private InstanceId running(Caller caller, boolean withVolumes) {
        return running(caller, server(cloud.image(caller.project(), Map.of()), withVolumes));
    }

    private InstanceId running(Caller caller, NewServer asked) {
        Instance made = creation.create(caller, asked).getFirst();
        cloud.awaitQuiet();
        return made.id();
    }

    private Job take(Caller caller, InstanceId server) {
        return snapshots.take(caller, server, "snapshot", ASKED, Optional.empty());
    }

    private static Reverts.Way way(Reverts.Safety safety) {
        return new Reverts.Way(MemoryChoice.WITH_MEMORY, AfterRevert.PAUSED, safety);
    }

    private SnapshotId taken(Caller caller) {
        Job job = take(caller, running(caller, false));
        cloud.awaitQuiet();
        return job.subject().snapshot().orElseThrow();
    }
}
