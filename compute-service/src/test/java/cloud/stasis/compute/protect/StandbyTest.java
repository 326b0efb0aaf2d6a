package cloud.stasis.compute.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.compute.protect.EpochHeader.Extent;
import cloud.stasis.compute.protect.Epochs.Encoding;
import cloud.stasis.compute.protect.Epochs.How;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.VirtType;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.StasisException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a standby makes of what it is sent, and of what a crash left.
class StandbyTest {
    private static final ByteCount RAM = ByteCount.ofMib(16);
    private static final ByteCount DISK = ByteCount.ofMib(1);
    private static final DeviceName VDA = new DeviceName("vda");
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path directory;

    private final InstanceId instance = InstanceId.random();
    private final ProtectionId protection = ProtectionId.random();
    private Standby standby;

    @BeforeEach
    void open() {
        standby = opened();
    }

    private Standby opened() {
        return Standby.open(
                directory.resolve("standby"),
                directory.resolve("ram"),
                new FreeSpace(directory, ByteCount.ZERO),
                new StandbyRecord(
                        protection, instance, "secret", AT, 0, Optional.empty(), StandbyRecord.Life.RECEIVING));
    }

    @Test
    void differencesAreAppliedToTheEpochBefore() throws IOException {
        send(whole(1, 'a'));

        StandbyState state = send(changed(2, 1, writer -> {
            writer.page(0, How.XOR, filled('a' ^ 'b'), 0);
            writer.zeroPage(1);
            writer.data(0, 4096, ByteBuffer.wrap(filled('d')));
            writer.zeros(0, 0, 4096);
        }));

        assertThat(state).isEqualTo(new StandbyState(2, 0, 0, false, false));
        assertThat(page(ram(), 0)).isEqualTo(filled('b'));
        assertThat(page(ram(), 1)).isEqualTo(filled(0));
        assertThat(page(ram(), 2)).isEqualTo(filled('a'));
        assertThat(page(disk(), 0)).isEqualTo(filled(0));
        assertThat(page(disk(), 1)).isEqualTo(filled('d'));
    }

    @Test
    void wholeEpochLeavesNothingOfTheOnesBefore() throws IOException {
        send(whole(1, 'a'));

        send(new Epoch(9, 0, Extent.WHOLE, writer -> writer.page(7, How.OWN, filled('z'), 0)));

        assertThat(page(ram(), 0)).isEqualTo(filled(0));
        assertThat(page(ram(), 7)).isEqualTo(filled('z'));
        assertThat(page(disk(), 0)).isEqualTo(filled(0));
    }

    @Test
    void zerosOfADiskTakeUpNoRoom() throws IOException {
        send(new Epoch(1, 0, Extent.WHOLE, writer -> {
            for (long at = 0; at < DISK.bytes(); at += Epochs.PAGE) {
                writer.data(0, at, ByteBuffer.wrap(filled('a')));
            }
        }));

        send(changed(2, 1, writer -> writer.zeros(0, 0, DISK.bytes() - Epochs.PAGE)));

        Path disk = directory.resolve("standby/replica/vda.raw");
        assertThat(Files.size(disk)).isEqualTo(DISK.bytes());
        assertThat(SparseFile.dataOf(disk, Epochs.PAGE))
                .containsExactly(new cloud.stasis.chunks.Extent(DISK.bytes() - Epochs.PAGE, Epochs.PAGE));
    }

    @Test
    void epochComesInPiecesAndGoesOnWhereItWasLost() throws IOException {
        byte[] bytes = bytes(whole(1, 'a'));
        receive(1, 0, bytes.length, Arrays.copyOf(bytes, 100));

        StandbyState lost = opened().state();
        standby = opened();
        receive(1, 100, bytes.length, Arrays.copyOfRange(bytes, 100, bytes.length));

        assertThat(lost).isEqualTo(new StandbyState(0, 1, 100, false, false));
        assertThat(standby.state().epoch()).isEqualTo(1);
    }

    @Test
    void epochOfWhichAllCameBeforeACrashIsBegunAgainByItsLastByte() throws IOException {
        byte[] bytes = bytes(whole(1, 'a'));
        Files.write(directory.resolve("standby/1.part"), bytes);
        standby = opened();

        assertThat(standby.state()).isEqualTo(new StandbyState(0, 1, bytes.length, false, false));
        receive(1, bytes.length - 1, bytes.length, Arrays.copyOfRange(bytes, bytes.length - 1, bytes.length));

        assertThat(standby.state()).isEqualTo(new StandbyState(1, 0, 0, false, false));
    }

    /// The replica may be anything when the process dies in the middle of an epoch: the redo file makes it whole.
    @Test
    void redoFileIsAppliedAgainAfterACrash() throws IOException {
        send(whole(1, 'a'));
        send(changed(2, 1, writer -> writer.page(0, How.XOR, filled('a' ^ 'b'), 0)));
        Files.write(ram(), new byte[] {1, 2, 3});
        Files.write(disk(), new byte[5]);

        standby = opened();

        assertThat(standby.state().epoch()).isEqualTo(2);
        assertThat(page(ram(), 0)).isEqualTo(filled('b'));
        assertThat(page(ram(), 3)).isEqualTo(filled('a'));
        assertThat(page(disk(), 0)).isEqualTo(filled('a'));
    }

    @Test
    void epochWhoseApplicationFailedIsAppliedAgainAndNotMadeAnew() throws IOException {
        send(whole(1, 'a'));
        Path aside = directory.resolve("aside");
        Files.move(disk(), aside);
        Files.createDirectory(disk());
        Epoch next = changed(2, 1, writer -> writer.page(0, How.XOR, filled('a' ^ 'b'), 0));
        assertThatThrownBy(() -> send(next)).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> standby.take()).isInstanceOf(StasisException.class);

        Files.delete(disk());
        Files.move(aside, disk());
        // As if it had failed somewhere after the first page.
        Files.write(ram(), filled('b'), StandardOpenOption.WRITE);
        send(next);

        assertThat(standby.state()).isEqualTo(new StandbyState(2, 0, 0, false, false));
        assertThat(page(ram(), 0)).isEqualTo(filled('b'));
        assertThat(page(ram(), 1)).isEqualTo(filled('a'));
    }

    @Test
    void whatWasNotDurableIsNotThereAfterACrash() throws IOException {
        send(whole(1, 'a'));
        Files.write(directory.resolve("standby/2.new"), bytes(changed(2, 1, writer -> {})));
        Files.write(directory.resolve("standby/2.part"), new byte[10]);

        standby = opened();

        assertThat(standby.state()).isEqualTo(new StandbyState(1, 2, 10, false, false));
        assertThat(directory.resolve("standby/2.new")).doesNotExist();
    }

    @Test
    void settledReplicaNeedsNoRedoFile() throws IOException {
        send(whole(1, 'a'));
        standby.settle();

        standby = opened();

        assertThat(HostFiles.list(directory.resolve("standby")))
                .noneMatch(file -> file.toString().endsWith(".redo"));
        assertThat(standby.state().epoch()).isEqualTo(1);
        send(changed(2, 1, writer -> writer.page(0, How.XOR, filled('a' ^ 'c'), 0)));
        assertThat(page(ram(), 0)).isEqualTo(filled('c'));
    }

    @Test
    void differenceToAnotherEpochIsRefused() throws IOException {
        send(whole(1, 'a'));
        send(changed(2, 1, writer -> {}));

        assertRefused(changed(3, 1, writer -> {}));
    }

    @Test
    void epochOfAnotherProtectionIsRefused() {
        Epoch stranger = whole(1, 'a');

        assertThatThrownBy(() -> {
                    byte[] bytes = bytes(stranger, ProtectionId.random());
                    receive(1, 0, bytes.length, bytes);
                })
                .isInstanceOf(StasisException.class);
        assertThat(standby.state().epoch()).isZero();
    }

    /// Each byte matters: whichever one is another one, nothing is believed.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void damagedEpochIsRefused(long seed) throws IOException {
        send(whole(1, 'a'));
        byte[] bytes = bytes(changed(2, 1, writer -> {
            writer.page(0, How.XOR, filled('x'), 0);
            writer.data(0, 0, ByteBuffer.wrap(filled('y')));
        }));
        Random random = new Random(seed);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

        assertThatThrownBy(() -> receive(2, 0, bytes.length, bytes)).isInstanceOf(StasisException.class);

        assertThat(standby.state()).isEqualTo(new StandbyState(1, 0, 0, false, false));
        assertThat(page(ram(), 0)).isEqualTo(filled('a'));
        assertThat(page(disk(), 0)).isEqualTo(filled('a'));
    }

    @Test
    void placesOutsideOfTheMachineAreRefused() throws IOException {
        send(whole(1, 'a'));
        long pages = RAM.bytes() / Epochs.PAGE;

        assertRefused(changed(2, 1, writer -> writer.page(pages, How.OWN, filled('x'), 0)));
        assertRefused(changed(2, 1, writer -> writer.zeroPage(-1)));
        assertRefused(changed(2, 1, writer -> writer.data(0, DISK.bytes() - 1, ByteBuffer.wrap(filled('x')))));
        assertRefused(changed(2, 1, writer -> writer.data(1, 0, ByteBuffer.wrap(filled('x')))));
        assertRefused(changed(2, 1, writer -> writer.zeros(0, Long.MAX_VALUE - 5, 100)));
        assertRefused(changed(2, 1, writer -> writer.machine("{\"disks\":\"/etc/shadow\"}".getBytes())));
    }

    @Test
    void standbyThatIsTakenReceivesNothingMore() throws IOException {
        send(whole(1, 'a'));

        Standby.Takeable taken = standby.take();

        assertThat(taken.epoch()).isEqualTo(1);
        assertThat(taken.machine().instance()).isEqualTo(instance);
        assertThatThrownBy(() -> send(changed(2, 1, writer -> {})))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STALE_GENERATION));
        assertThat(opened().state().taken()).isTrue();
    }

    @Test
    void nothingIsTakenBeforeAnEpochIsComplete() {
        assertThatThrownBy(() -> standby.take()).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.STANDBY_NOT_COMPLETE));
    }

    private void assertRefused(Epoch epoch) throws IOException {
        StandbyState before = standby.state();
        byte[] bytes = bytes(epoch);
        assertThatThrownBy(() -> receive(epoch.number(), 0, bytes.length, bytes))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_OBJECT));
        assertThat(standby.state()).isEqualTo(before);
    }

    private record Epoch(long number, long base, Extent extent, Consumer<EpochWriter> body) {}

    /// Four pages and as much of the disk, all of one letter.
    private Epoch whole(long number, int letter) {
        return new Epoch(number, 0, Extent.WHOLE, writer -> {
            for (int page = 0; page < 4; page++) {
                writer.page(page, How.OWN, filled(letter), 0);
                writer.data(0, page * 4096L, ByteBuffer.wrap(filled(letter)));
            }
        });
    }

    private static Epoch changed(long number, long base, Consumer<EpochWriter> body) {
        return new Epoch(number, base, Extent.CHANGED, body);
    }

    private StandbyState send(Epoch epoch) throws IOException {
        byte[] bytes = bytes(epoch);
        return receive(epoch.number(), 0, bytes.length, bytes);
    }

    private StandbyState receive(long epoch, long offset, long total, byte[] piece) {
        return standby.receive(epoch, offset, total, new ByteArrayInputStream(piece));
    }

    private byte[] bytes(Epoch epoch) throws IOException {
        return bytes(epoch, protection);
    }

    private byte[] bytes(Epoch epoch, ProtectionId of) throws IOException {
        Path file = directory.resolve("epoch");
        EpochHeader header = new EpochHeader(
                of,
                instance,
                epoch.number(),
                epoch.base(),
                AT,
                RAM,
                epoch.extent(),
                List.of(new EpochHeader.Disk(VDA, DISK, epoch.extent())));
        try (EpochWriter writer = EpochWriter.create(file, header, Encoding.ZSTD)) {
            writer.machine(machine());
            writer.state(ByteBuffer.wrap(filled('s')));
            epoch.body().accept(writer);
            writer.end();
        }
        return Files.readAllBytes(file);
    }

    private byte[] machine() {
        return DeviceArchive.write(Machine.of(
                instance,
                new InstanceSpec(
                        "web", 1, RAM, new Boot.FromDisk(), List.of(new DiskSpec(VDA, DISK, new DiskSource.Blank()))),
                new Machine.Board("pc-i440fx-7.2", VirtType.QEMU)));
    }

    private static byte[] filled(int letter) {
        byte[] page = new byte[Epochs.PAGE];
        Arrays.fill(page, (byte) letter);
        return page;
    }

    private Path ram() {
        return directory.resolve("ram");
    }

    private Path disk() {
        return directory.resolve("standby/replica/vda.raw");
    }

    private static byte[] page(Path file, int number) throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(file), number * Epochs.PAGE, (number + 1) * Epochs.PAGE);
    }
}
