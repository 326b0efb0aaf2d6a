package cloud.stasis.compute.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RamImageTest {
    private static final ByteCount SIZE = ByteCount.ofMib(3);
    private static final byte[] STATE = {1, 2, 3, 4, 5};

    @TempDir
    Path directory;

    private Path ram;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        ram = directory.resolve("ram");
        file = directory.resolve("image");
        new RamFile(ram).create(SIZE);
        try (RandomAccessFile guest = new RandomAccessFile(ram.toFile(), "rw")) {
            guest.seek(1 << 20);
            guest.write(new byte[] {7, 7, 7});
        }
    }

    @Test
    void imageGivesBackRamAndState() throws IOException {
        RamImage.write(file, ram, SIZE, ByteBuffer.wrap(STATE));

        RamImage opened = RamImage.open(file);
        Path again = directory.resolve("again");
        opened.copyRam(again);

        assertThat(RamImage.isOne(file)).isTrue();
        assertThat(opened.readState()).isEqualTo(ByteBuffer.wrap(STATE));
        assertThat(Files.mismatch(ram, again)).isEqualTo(-1);
    }

    @Test
    void laterWritesOfTheGuestDoNotReachTheImage() throws IOException {
        RamImage.write(file, ram, SIZE, ByteBuffer.wrap(STATE));
        byte[] before = Files.readAllBytes(file);

        try (RandomAccessFile guest = new RandomAccessFile(ram.toFile(), "rw")) {
            guest.write(new byte[] {9});
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void ramWhoseFirstBytesPretendToBeAnImageIsNone() throws IOException {
        Files.writeString(ram, "STASIS-RAM-IMAGE");

        assertThat(RamImage.isOne(ram)).isFalse();
        assertThat(RamImage.isOne(Files.createFile(directory.resolve("empty")))).isFalse();
    }

    @Test
    void imageWhoseEndIsMissingOrLiesIsRefused() throws IOException {
        RamImage.write(file, ram, SIZE, ByteBuffer.wrap(STATE));
        byte[] whole = Files.readAllBytes(file);
        Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length - 1));
        Path longer = directory.resolve("longer");
        Files.write(longer, new byte[4096]);
        Files.write(longer, Arrays.copyOfRange(whole, whole.length - 32, whole.length));

        assertThat(RamImage.isOne(cut)).isFalse();
        assertThatThrownBy(() -> RamImage.open(longer))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.MALFORMED_OBJECT));
    }
}
