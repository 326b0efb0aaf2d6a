package cloud.stasis.volume.driver.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.Program;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.Adopting;
import cloud.stasis.volume.driver.Copying;
import cloud.stasis.volume.driver.Snapshotting;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.VolumeDriverContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The contract, for drivers whose volumes are directories of layers: tried with QEMU's own tools.
public abstract class DirectoryDriverContract extends VolumeDriverContract {
    private static final long DEADLINE_SECONDS = 60;
    private static final Duration DEADLINE = Duration.ofSeconds(DEADLINE_SECONDS);

    /// Where the volumes are.
    protected abstract Path volumes();

    /// For sockets, with a short path.
    protected abstract Path scratch();

    protected final QcowLayers layers() {
        return new QcowLayers(scratch());
    }

    @Override
    protected void write(VolumeId volume, int pattern, ByteCount length) {
        LayeredDisk disk = disk(volume);
        disk.willBeWritten();
        Program.run(DEADLINE, qemuIo(disk, "write -P " + pattern + " 0 " + length.bytes()));
    }

    @Override
    protected boolean holds(VolumeId volume, int pattern) {
        Program.Ending ending = Program.end(DEADLINE, qemuIo(disk(volume), "read -P " + pattern + " 0 64k"));
        return ending.exit() == 0 && !ending.output().contains("verification failed");
    }

    /// Hard links are counted once.
    @Override
    protected ByteCount occupied() {
        HostFiles.directory(volumes());
        String said = Program.run(
                DEADLINE,
                List.of("du", "--summarize", "--block-size=1", volumes().toString()));
        return ByteCount.ofBytes(Long.parseLong(said.split("\\s")[0]));
    }

    /// Cut by the agent that has the volume.
    private void cut(VolumeId volume, SnapshotId snapshot) {
        LayeredDisk disk = disk(volume);
        LayerNumber written = disk.active();
        disk.prepare();
        disk.hold(written, snapshot);
        disk.commit(LayeredDisk.Use.BEING_WRITTEN);
    }

    @Test
    void aFileOfEitherFormBecomesAVolumeAndAFileAgain() {
        Adopting able = (Adopting) driver();
        for (String ending : List.of(".qcow2", ".raw")) {
            VolumeId volume = VolumeId.random();
            Path file = file("old" + ending, 5, "64M");

            assertThat(able.adopt(volume, new SourceName("old"))).isEqualTo(ByteCount.ofGib(1));
            assertThat(able.adopt(volume, new SourceName("old"))).isEqualTo(ByteCount.ofGib(1));
            assertThat(file).doesNotExist();
            assertThat(holds(volume, 5)).isTrue();
            SnapshotId snapshot = SnapshotId.random();
            ((Snapshotting) able).snapshot(volume, snapshot);
            write(volume, 6);
            ((Snapshotting) able).revert(volume, snapshot);
            assertThat(holds(volume, 5)).isTrue();
            VolumeId copy = VolumeId.random();
            ((Copying) able).copy(copy, ByteCount.ofGib(1), volume, Optional.of(snapshot));
            assertThatThrownBy(() -> able.release(volume)).isInstanceOf(StasisException.class);
            ((Snapshotting) able).drop(volume, snapshot);
            able.release(volume);
            able.release(volume);

            assertThat(holds(copy, 5)).isTrue();
            VolumeId again = VolumeId.random();
            able.adopt(again, new SourceName("volume-" + volume));
            assertThat(holds(again, 5)).isTrue();
            able.release(again);
        }
        assertThat(able.loose(9)).hasSize(2).allMatch(found -> found.obstacle().isEmpty());
        able.loose(9)
                .forEach(
                        found -> HostFiles.delete(volumes().resolve(found.name().value())));
    }

    @Test
    void aSnapshotBecomesAFileAndIsTakenInAgain() {
        Adopting able = (Adopting) driver();
        VolumeId volume = VolumeId.random();
        SnapshotId first = SnapshotId.random();
        driver().create(volume, ByteCount.ofMib(64));
        write(volume, 1);
        ((Snapshotting) able).snapshot(volume, first);
        write(volume, 2);
        able.release(volume, first);
        able.release(volume, first);
        assertThat(disk(volume).holders()).isEmpty();
        for (SourceName source : List.of(
                new SourceName("_snapshot-" + first),
                new SourceName(file("other.raw", 3, "32M").getFileName().toString()),
                new SourceName(file("other.qcow2", 4, "32M").getFileName().toString()))) {
            SnapshotId again = SnapshotId.random();
            able.adopt(volume, again, source);
            able.adopt(volume, again, source);
            ((Snapshotting) able).revert(volume, again);
        }
        assertThat(holds(volume, 4)).isTrue();
        assertThat(disk(volume).holders()).hasSize(3);
        assertThat(able.loose(9)).isEmpty();
    }

    @Test
    void whatIsNoPlainDiskIsNotTakenIn() throws IOException {
        Adopting able = (Adopting) driver();
        VolumeId volume = VolumeId.random();
        HostFiles.directory(volumes());
        Path outside = Files.write(volumes().resolve("outside"), new byte[512]);
        Files.createSymbolicLink(volumes().resolve("link.raw"), outside);
        Files.createLink(volumes().resolve("twice.raw"), outside);
        Files.createDirectory(volumes().resolve("directory.raw"));
        Path backed = volumes().resolve("backed.qcow2");
        Program.run(
                DEADLINE,
                List.of("qemu-img", "create", "-q", "-f", "qcow2", "-b", outside.toString(), "-F", "raw", "" + backed));
        Path data = volumes().resolve("data.qcow2");
        String option = "data_file=" + scratch().resolve("data");
        Program.run(DEADLINE, List.of("qemu-img", "create", "-q", "-f", "qcow2", "-o", option, "" + data, "1M"));
        Path torn = volumes().resolve("torn.raw");
        Files.write(torn, new byte[513]);

        for (String name : List.of("link", "twice.raw", "directory.raw", "absent", "backed", "data.qcow2", "torn")) {
            assertThatThrownBy(() -> able.adopt(volume, new SourceName(name)))
                    .as(name)
                    .isInstanceOf(StasisException.class);
        }
        assertThat(List.of(backed, data, torn)).allMatch(Files::exists);
        assertThat(able.loose(9)).hasSize(3).allMatch(found -> found.obstacle().isPresent());
    }

    @Test
    void aFileThatWasRemovedBehindOurBackIsToldAndHarmsNothingElse() {
        VolumeId volume = VolumeId.random();
        VolumeId other = VolumeId.random();
        SnapshotId lost = SnapshotId.random();
        for (VolumeId made : List.of(volume, other)) {
            driver().create(made, ByteCount.ofMib(64));
            write(made, 1);
        }
        Snapshotting able = (Snapshotting) driver();
        able.snapshot(volume, lost);
        write(volume, 2);
        LayerNumber shown = disk(volume).heldBy(lost).orElseThrow();
        HostFiles.delete(disk(volume).fileBelow(shown).orElse(disk(volume).file(shown)));

        assertThatThrownBy(() -> able.revert(volume, lost)).isInstanceOf(StasisException.class);
        able.drop(volume, lost);
        driver().delete(volume);
        assertThat(holds(other, 1)).isTrue();
        assertThatThrownBy(() -> driver().size(volume)).isInstanceOf(StasisException.class);
    }

    private Path file(String name, int pattern, String size) {
        Path file = volumes().resolve(name);
        String format = name.endsWith(".raw") ? "raw" : "qcow2";
        HostFiles.directory(volumes());
        Program.run(DEADLINE, List.of("qemu-img", "create", "-q", "-f", format, file.toString(), size));
        Program.run(
                DEADLINE, List.of("qemu-io", "-f", format, "-c", "write -P " + pattern + " 0 64k", file.toString()));
        return file;
    }

    @Test
    void goesOnWithWhatAMachineLeft() {
        VolumeDriver driver = driver();
        Snapshotting able = (Snapshotting) driver;
        VolumeId volume = VolumeId.random();
        List<SnapshotId> snapshots =
                Stream.generate(SnapshotId::random).limit(4).toList();
        driver.create(volume, ByteCount.ofMib(64));
        write(volume, 1);
        able.snapshot(volume, snapshots.get(0));
        write(volume, 2);
        cut(volume, snapshots.get(1));
        write(volume, 3);
        cut(volume, snapshots.get(2));
        write(volume, 4);
        VolumeId copy = VolumeId.random();
        ((Copying) driver).copy(copy, ByteCount.ofMib(64), volume, Optional.of(snapshots.get(1)));
        assertThat(holds(copy, 2)).isTrue();
        // Goes back, as an agent does, to what was there before it had the volume, and lets go of another.
        LayeredDisk disk = disk(volume);
        disk.prepareOn(disk.heldBy(snapshots.get(0)).orElseThrow());
        disk.commit(LayeredDisk.Use.AT_REST);
        disk.release(snapshots.get(2));
        assertThat(holds(volume, 1)).isTrue();
        write(volume, 5);

        able.snapshot(volume, snapshots.get(3));
        write(volume, 6);
        able.revert(volume, snapshots.get(1));
        assertThat(holds(volume, 2)).isTrue();
        able.revert(volume, snapshots.get(3));
        assertThat(holds(volume, 5)).isTrue();
        able.revert(volume, snapshots.get(0));
        assertThat(holds(volume, 1)).isTrue();
        assertThatThrownBy(() -> able.revert(volume, snapshots.get(2))).isInstanceOf(StasisException.class);
    }

    @Test
    void aMachineMayHaveMadeTheVolumeLarger() {
        VolumeDriver driver = driver();
        VolumeId volume = VolumeId.random();
        driver.create(volume, ByteCount.ofMib(64));
        write(volume, 1);
        SnapshotId snapshot = SnapshotId.random();
        cut(volume, snapshot);
        disk(volume).grow(ByteCount.ofMib(128));
        write(volume, 2, ByteCount.ofMib(100));

        ((Snapshotting) driver).revert(volume, snapshot);

        assertThat(driver.size(volume)).isEqualTo(ByteCount.ofMib(128));
        assertThat(holds(volume, 1)).isTrue();
    }

    @Test
    void aFileThatIsGoneHarmsNoOtherVolume() throws IOException {
        VolumeDriver driver = driver();
        VolumeId broken = VolumeId.random();
        VolumeId whole = VolumeId.random();
        driver.create(broken, ByteCount.ofMib(64));
        driver.create(whole, ByteCount.ofMib(64));
        write(whole, 1);
        for (Path file : HostFiles.list(volumes().resolve(broken.toString()))) {
            if (!file.toString().endsWith(".json")) {
                Files.delete(file);
            }
        }

        assertThatThrownBy(() -> ((Snapshotting) driver).snapshot(broken, SnapshotId.random()))
                .isInstanceOf(StasisException.class);
        ((Snapshotting) driver).snapshot(whole, SnapshotId.random());
        assertThat(holds(whole, 1)).isTrue();
        driver.delete(broken);
    }

    protected final LayeredDisk disk(VolumeId volume) {
        return LayeredDisk.open(volumes().resolve(volume.toString()), layers());
    }

    private static List<String> qemuIo(LayeredDisk disk, String command) {
        return List.of(
                "qemu-io", "-f", "qcow2", "-c", command, disk.activeFile().toString());
    }

    /// A `qemu-nbd` that serves the volume for writing, as QEMU would have it open.
    @Override
    protected AutoCloseable inUse(VolumeId volume) {
        Path socket = scratch().resolve("user.sock");
        Path active = disk(volume).activeFile();
        try {
            Process user = new ProcessBuilder(
                            "qemu-nbd", "-f", "qcow2", "--persistent", "--socket=" + socket, active.toString())
                    .start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            // It listens before it has opened the disk.
            while (!Files.exists(socket) || !disk(volume).isBeingWritten()) {
                if (!user.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("qemu-nbd did not start");
                }
                Thread.onSpinWait();
            }
            return () -> {
                // A signal that it would handle is lost if it comes before its main loop.
                user.destroyForcibly();
                user.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
                Files.deleteIfExists(socket);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
