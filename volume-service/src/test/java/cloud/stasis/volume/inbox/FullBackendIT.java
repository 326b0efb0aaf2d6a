package cloud.stasis.volume.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.Program;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.testkit.ReflinkVolume;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.qcow2dir.Qcow2DirDriver;
import cloud.stasis.volume.driver.reflink.ReflinkDriver;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A backend without any space left: what needs some is refused, what is there is not harmed, and all goes on once
/// there is space again.
class FullBackendIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final ByteCount SIZE = ByteCount.ofMib(64);
    private static final StoreGrant GRANT = new StoreGrant(URI.create("http://127.0.0.1:9"), "token");
    private static final List<String> PIECES = List.of("1G", "128M", "16M", "1M", "64K", "4K");

    private static ReflinkVolume fileSystem;

    @TempDir
    Path sockets;

    private final ContentStore store = new MemoryContentStore();

    enum Kind {
        QCOW2DIR,
        REFLINK
    }

    @BeforeAll
    static void mount() {
        fileSystem = ReflinkVolume.make();
    }

    @AfterAll
    static void unmount() {
        if (fileSystem != null) {
            fileSystem.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isToldAndHarmsNothing(Kind kind) {
        Path volumes = fileSystem.mount().resolve(kind.name());
        VolumeCommands service = new VolumeCommands(
                driver(kind, volumes), grant -> store, volumes.resolve(".captures"), Clock.systemUTC());
        VolumeId whole = VolumeId.random();
        VolumeId other = VolumeId.random();
        SnapshotId snapshot = SnapshotId.random();
        done(service, new VolumeCommand.CreateVolume(whole, SIZE));
        write(volumes, whole);
        Content content = ((CommandResult.Captured) service.handle(
                        new VolumeCommand.CaptureVolume(whole, Optional.empty(), UUID.randomUUID(), GRANT),
                        CommandAlone.INSTANCE))
                .parts()
                .getFirst()
                .content();
        Path ballast = fill();

        VolumeCommand restore = new VolumeCommand.FillVolume(other, SIZE, content, GRANT);
        assertThat(ending(service, restore)).contains(ErrorCode.NO_SPACE);
        Optional<ErrorCode> cut = ending(service, new VolumeCommand.SnapshotVolume(whole, snapshot));
        assertThat(cut.orElse(ErrorCode.NO_SPACE)).isEqualTo(ErrorCode.NO_SPACE);
        assertHolds(volumes, whole);
        done(service, new VolumeCommand.DeleteVolume(other));
        HostFiles.deleteTree(ballast);

        done(service, new VolumeCommand.SnapshotVolume(whole, snapshot));
        done(service, restore);
        assertHolds(volumes, other);
        assertHolds(volumes, whole);
        done(service, new VolumeCommand.DeleteVolume(other));
        done(service, new VolumeCommand.DeleteVolume(whole));
        assertThat(HostFiles.list(volumes)).containsExactly(volumes.resolve(".captures"));
    }

    private VolumeDriver driver(Kind kind, Path volumes) {
        QcowLayers layers = new QcowLayers(sockets);
        return switch (kind) {
            case QCOW2DIR -> new Qcow2DirDriver(volumes, layers);
            case REFLINK -> new ReflinkDriver(volumes, layers);
        };
    }

    private static void done(VolumeCommands service, VolumeCommand command) {
        assertThat(service.handle(command, CommandAlone.INSTANCE)).isEqualTo(new CommandResult.Completed());
    }

    private static Optional<ErrorCode> ending(VolumeCommands service, VolumeCommand command) {
        try {
            service.handle(command, CommandAlone.INSTANCE);
            return Optional.empty();
        } catch (StasisException e) {
            return Optional.of(e.code());
        }
    }

    /// Takes all space that there is, piece by piece.
    private static Path fill() {
        Path ballast = HostFiles.directory(fileSystem.mount().resolve("ballast"));
        int number = 0;
        for (String piece : PIECES) {
            while (Program.end(
                                    DEADLINE,
                                    List.of(
                                            "fallocate",
                                            "--length",
                                            piece,
                                            ballast.resolve(Integer.toString(number))
                                                    .toString()))
                            .exit()
                    == 0) {
                number++;
            }
        }
        return ballast;
    }

    private void write(Path volumes, VolumeId volume) {
        LayeredDisk disk = disk(volumes, volume);
        disk.willBeWritten();
        Program.run(DEADLINE, qemuIo(disk, "write -P 1 0 32M"));
    }

    private void assertHolds(Path volumes, VolumeId volume) {
        Program.Ending ending = Program.end(DEADLINE, qemuIo(disk(volumes, volume), "read -P 1 0 32M"));
        assertThat(ending.exit()).isZero();
        assertThat(ending.output()).doesNotContain("verification failed");
    }

    private LayeredDisk disk(Path volumes, VolumeId volume) {
        return LayeredDisk.open(volumes.resolve(volume.toString()), new QcowLayers(sockets));
    }

    private static List<String> qemuIo(LayeredDisk disk, String command) {
        return List.of(
                "qemu-io", "-f", "qcow2", "-c", command, disk.activeFile().toString());
    }
}
