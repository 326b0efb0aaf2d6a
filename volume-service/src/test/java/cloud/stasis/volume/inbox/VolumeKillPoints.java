package cloud.stasis.volume.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.Program;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.testkit.KillSwitch;
import cloud.stasis.testkit.WatchedFiles;
import cloud.stasis.volume.driver.VolumeDriver;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the volume service before each change that a command makes to a file or with QEMU's tools. The next
/// one carries the command out again: then the volume is what it would have been, with no more
/// files than that. If it never comes again, the deletion that undoes it leaves nothing.
abstract class VolumeKillPoints {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final ByteCount SIZE = ByteCount.ofMib(8);
    private static final String UNFINISHED = ".new";
    private static final Set<String> CHANGES = Set.of("create", "fold", "repoint", "delete");
    private static final StoreGrant GRANT = new StoreGrant(URI.create("http://127.0.0.1:9"), "token");

    @TempDir
    Path sockets;

    private final ContentStore store = new MemoryContentStore();
    private final VolumeId volume = VolumeId.random();
    private final VolumeId other = VolumeId.random();
    private final SnapshotId first = SnapshotId.random();
    private final SnapshotId second = SnapshotId.random();

    /// On the file system of the backend; empty.
    abstract Path backend();

    /// @param layers may be used, or others that are not watched
    abstract VolumeDriver driver(Path volumes, LayerFiles layers);

    /// Every so many moments are tried.
    int stride() {
        return 1;
    }

    private Path volumes() {
        return backend().resolve("volumes");
    }

    private Path notes() {
        return backend().resolve("notes");
    }

    private VolumeCommands service(KillSwitch killSwitch) {
        WatchedFiles files = new WatchedFiles(killSwitch);
        LayerFiles layers = killSwitch.watched(LayerFiles.class, new QcowLayers(sockets), CHANGES);
        return new VolumeCommands(
                driver(files.path(volumes()), layers), grant -> store, files.path(notes()), Clock.systemUTC());
    }

    private CommandResult handle(VolumeCommand command) {
        return service(KillSwitch.never()).handle(command, CommandAlone.INSTANCE);
    }

    private interface Check {
        void hold();
    }

    /// @param given commands and writes that come before
    private void everyMoment(Runnable given, VolumeCommand command, Check then) throws InterruptedException {
        Path template = backend().resolve("template");
        given.run();
        keep(template);
        KillSwitch counting = KillSwitch.never();
        assertThat(isKilled(counting, command)).isFalse();
        then.hold();
        Map<String, Integer> whole = files();
        assertThat(counting.moments()).as("moments to kill the service at").isPositive();
        for (int moment = 1; moment <= counting.moments(); moment += stride()) {
            bringBack(template);
            assertThat(isKilled(KillSwitch.at(moment), command)).isTrue();
            try {
                handle(command);
                then.hold();
                files().forEach((kind, count) ->
                        assertThat(count).as(kind).isLessThanOrEqualTo(whole.getOrDefault(kind, 0)));
            } catch (AssertionError | StasisException e) {
                throw new AssertionError("killed at moment " + moment + " of " + counting.moments(), e);
            }
            if (moment % 3 == 0) {
                bringBack(template);
                assertThat(isKilled(KillSwitch.at(moment), command)).isTrue();
                assertNothingIsLeft();
            }
        }
        HostFiles.deleteTree(template);
    }

    private boolean isKilled(KillSwitch killSwitch, VolumeCommand command) throws InterruptedException {
        VolumeCommands service = service(killSwitch);
        return killSwitch.kills(() -> service.handle(command, CommandAlone.INSTANCE));
    }

    private void assertNothingIsLeft() {
        handle(new VolumeCommand.DeleteVolume(other));
        handle(new VolumeCommand.DeleteVolume(volume));
        assertThat(HostFiles.list(volumes())).as("what deleted volumes leave").isEmpty();
    }

    /// How many files of each kind there are: layers are numbered, and the numbers may differ. A state that was being
    /// written has one name, which the next one takes.
    private Map<String, Integer> files() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Path directory : HostFiles.list(volumes())) {
            for (Path file : HostFiles.list(directory)) {
                String name = file.getFileName().toString();
                if (name.endsWith(UNFINISHED)) {
                    continue;
                }
                counts.merge(
                        directory.getFileName() + "/*" + name.substring(Math.max(0, name.lastIndexOf('.'))),
                        1,
                        Integer::sum);
            }
        }
        HostFiles.list(notes()).forEach(note -> counts.merge("notes", 1, Integer::sum));
        return counts;
    }

    private void keep(Path template) {
        HostFiles.deleteTree(template);
        HostFiles.directory(template);
        copy(volumes(), template.resolve("volumes"));
        copy(notes(), template.resolve("notes"));
    }

    private void bringBack(Path template) {
        HostFiles.deleteTree(volumes());
        HostFiles.deleteTree(notes());
        copy(template.resolve("volumes"), volumes());
        copy(template.resolve("notes"), notes());
    }

    private static void copy(Path from, Path to) {
        if (Files.exists(from)) {
            Program.run(
                    DEADLINE,
                    List.of("cp", "--archive", "--sparse=always", "--reflink=auto", from.toString(), to.toString()));
        }
    }

    private LayeredDisk disk(VolumeId id) {
        return LayeredDisk.open(volumes().resolve(id.toString()), new QcowLayers(sockets));
    }

    private void write(int pattern) {
        LayeredDisk disk = disk(volume);
        disk.willBeWritten();
        Program.run(DEADLINE, qemuIo(disk, "write -P " + pattern + " 0 64k"));
    }

    private void assertHolds(VolumeId id, int pattern) {
        Program.Ending ending = Program.end(DEADLINE, qemuIo(disk(id), "read -P " + pattern + " 0 64k"));
        assertThat(ending.exit() == 0 && !ending.output().contains("verification failed"))
                .as("it holds " + pattern)
                .isTrue();
    }

    private static List<String> qemuIo(LayeredDisk disk, String command) {
        return List.of(
                "qemu-io", "-f", "qcow2", "-c", command, disk.activeFile().toString());
    }

    private void made() {
        handle(new VolumeCommand.CreateVolume(volume, SIZE));
        write(1);
    }

    private void snapshotted() {
        made();
        handle(new VolumeCommand.SnapshotVolume(volume, first));
        write(2);
        handle(new VolumeCommand.SnapshotVolume(volume, second));
        write(3);
    }

    @Test
    void create() throws InterruptedException {
        everyMoment(() -> {}, new VolumeCommand.CreateVolume(volume, SIZE), () -> assertHolds(volume, 0));
    }

    @Test
    void snapshot() throws InterruptedException {
        everyMoment(this::made, new VolumeCommand.SnapshotVolume(volume, first), () -> {
            assertHolds(volume, 1);
            assertThat(disk(volume).holders()).containsExactly(first);
        });
    }

    @Test
    void dropOfASnapshot() throws InterruptedException {
        everyMoment(this::snapshotted, new VolumeCommand.DropVolumeSnapshot(volume, first), () -> {
            assertHolds(volume, 3);
            assertThat(disk(volume).holders()).containsExactly(second);
        });
    }

    @Test
    void revert() throws InterruptedException {
        everyMoment(this::snapshotted, new VolumeCommand.RevertVolume(volume, first), () -> {
            assertHolds(volume, 1);
            assertThat(disk(volume).holders()).containsExactlyInAnyOrder(first, second);
        });
    }

    @Test
    void copyOfASnapshot() throws InterruptedException {
        everyMoment(this::snapshotted, new VolumeCommand.CloneVolume(other, SIZE, volume, Optional.of(first)), () -> {
            assertHolds(other, 1);
            assertHolds(volume, 3);
        });
    }

    @Test
    void grow() throws InterruptedException {
        everyMoment(this::made, new VolumeCommand.GrowVolume(volume, ByteCount.ofMib(16)), () -> {
            assertHolds(volume, 1);
            assertThat(disk(volume).size()).isEqualTo(ByteCount.ofMib(16));
        });
    }

    @Test
    void delete() throws InterruptedException {
        everyMoment(
                this::snapshotted, new VolumeCommand.DeleteVolume(volume), () -> assertThat(HostFiles.list(volumes()))
                        .isEmpty());
    }

    @Test
    void backup() throws InterruptedException {
        UUID capture = UUID.randomUUID();
        VolumeCommand backup = new VolumeCommand.CaptureVolume(volume, Optional.empty(), capture, GRANT);
        everyMoment(this::made, backup, () -> assertThat(Files.exists(notes().resolve(capture + ".json")))
                .isTrue());
        handle(new VolumeCommand.DeleteVolume(volume));
        everyMoment(
                () -> {
                    made();
                    handle(backup);
                },
                new VolumeCommand.SettleVolume(volume, capture, Settlement.SEALED),
                () -> {
                    assertHolds(volume, 1);
                    assertThat(HostFiles.list(notes())).isEmpty();
                });
    }

    @Test
    void restoreIntoANewVolumeAndIntoOneThatIsThere() throws InterruptedException {
        made();
        CommandResult.Captured captured = (CommandResult.Captured)
                handle(new VolumeCommand.CaptureVolume(volume, Optional.empty(), UUID.randomUUID(), GRANT));
        Content content = captured.parts().getFirst().content();
        handle(new VolumeCommand.DeleteVolume(volume));
        everyMoment(() -> {}, new VolumeCommand.FillVolume(other, SIZE, content, GRANT), () -> assertHolds(other, 1));
        handle(new VolumeCommand.DeleteVolume(other));
        everyMoment(this::snapshotted, new VolumeCommand.FillVolume(volume, SIZE, content, GRANT), () -> {
            assertHolds(volume, 1);
            assertThat(disk(volume).holders()).containsExactlyInAnyOrder(first, second);
        });
    }

    /// Its content cannot be had: the volume that was to be made is nowhere, and one that is there is what it was.
    @Test
    void aRestoreThatFailsChangesNothing() {
        made();
        Content gone = ((CommandResult.Captured) new VolumeCommands(
                                driver(volumes(), new QcowLayers(sockets)),
                                grant -> new MemoryContentStore(),
                                notes(),
                                Clock.systemUTC())
                        .handle(
                                new VolumeCommand.CaptureVolume(volume, Optional.empty(), UUID.randomUUID(), GRANT),
                                CommandAlone.INSTANCE))
                .parts()
                .getFirst()
                .content();
        write(5);

        assertThatThrownBy(() -> handle(new VolumeCommand.FillVolume(volume, SIZE, gone, GRANT)))
                .isInstanceOfSatisfying(StasisException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.MISSING_OBJECT));

        assertHolds(volume, 5);
        assertNothingIsLeft();
    }
}
