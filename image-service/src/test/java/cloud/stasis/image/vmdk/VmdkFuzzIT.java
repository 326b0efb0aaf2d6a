package cloud.stasis.image.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Damage gives the same bytes or none. Only a plain grain has no checksum: there a changed bit is that bit of the
/// disk.
@Timeout(120)
class VmdkFuzzIT {
    private static final int SECTOR = 512;

    /// Of a file: headers, descriptors and tables, at its beginning and at its end.
    private static final int FRONT = 128 * SECTOR;

    private static final int BACK = 12 * SECTOR;
    private static final int ROUNDS = 2000;

    /// A reader is never asked for more at once, whatever the file says.
    private static final int MOST_AT_ONCE = 2 * 1024 * 1024;

    private final Random random = new Random(20261129);
    private final byte[] disk = VmdkBytes.sparse(640 * 1024 + 1024, 13);

    @TempDir
    Path directory;

    @Test
    void aStreamWithItsTablesBehindIt() throws Exception {
        damagedInAllWays(StreamedVmdk.of(disk), Integer.MAX_VALUE);
    }

    @Test
    void aStreamWithItsTablesBeforeIt() throws Exception {
        damagedInAllWays(VmdkBytes.made(directory, disk, "streamOptimized"), Integer.MAX_VALUE);
    }

    @Test
    void aSparseFile() throws Exception {
        byte[] file = VmdkBytes.made(directory, disk, "monolithicSparse");

        damagedInAllWays(
                file, Math.toIntExact(VmdkHeader.read(new VmdkBytes(file)).data() * SECTOR));
    }

    /// @param plain where bytes begin that nothing checks
    private void damagedInAllWays(byte[] file, int plain) throws Exception {
        assertThat(new VmdkBytes(file).disk()).isEqualTo(disk);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int at = round % 2 == 0 ? random.nextInt(file.length) : inMetadata(file.length);
            byte[] flipped = file.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Optional<byte[]> found = found(flipped);
            refused += found.isEmpty() ? 1 : 0;
            found.ifPresent(bytes -> assertThat(different(bytes))
                    .as("after byte %d was changed", at)
                    .isLessThanOrEqualTo(at >= plain ? 1 : 0));
        }
        assertThat(refused).as("of %d", ROUNDS).isBetween(ROUNDS / 100, ROUNDS - 1);
        for (int round = 0; round < ROUNDS / 10; round++) {
            byte[] cut = Arrays.copyOf(file, random.nextInt(file.length));
            found(cut)
                    .ifPresent(bytes ->
                            assertThat(bytes).as("cut to %d", cut.length).isEqualTo(disk));
        }
        for (int round = 0; round < ROUNDS; round++) {
            // A tenant may describe another disk: then all that counts is that it comes to an end.
            byte[] garbled = file.clone();
            for (int number = random.nextInt(4); number >= 0; number--) {
                garble(garbled);
            }
            found(garbled);
        }
    }

    private void garble(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int at = inMetadata(file.length - 8);
        switch (random.nextInt(4)) {
            case 0 -> bytes.putLong(at, random.nextLong());
            case 1 -> bytes.putInt(at, Integer.reverseBytes(random.nextInt(file.length / SECTOR)));
            case 2 -> bytes.putLong(at, -random.nextInt(2));
            default -> {
                int from = random.nextInt(file.length - SECTOR);
                bytes.put(at / SECTOR * SECTOR, Arrays.copyOfRange(file, from, from + SECTOR));
            }
        }
    }

    private int inMetadata(int length) {
        int at = random.nextInt(FRONT + BACK);
        return at < FRONT ? Math.min(at, length - 1) : length - 1 - (at - FRONT);
    }

    /// What is read; empty if it is refused.
    private Optional<byte[]> found(byte[] file) throws Exception {
        VmdkBytes source = new VmdkBytes(file);
        try {
            return Optional.of(source.disk());
        } catch (StasisException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.HOSTILE_IMAGE);
            return Optional.empty();
        } finally {
            assertThat(source.most()).isLessThanOrEqualTo(MOST_AT_ONCE);
            assertThat(source.read())
                    .as("of a file of %d bytes", file.length)
                    .isLessThanOrEqualTo(4L * file.length + MOST_AT_ONCE);
        }
    }

    private int different(byte[] found) {
        return found.length == disk.length
                ? (int) IntStream.range(0, disk.length)
                        .filter(at -> found[at] != disk[at])
                        .count()
                : Integer.MAX_VALUE;
    }
}
