package cloud.stasis.image.vmdk;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.image.qcow2.QemuImg;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// VMDK files in memory, and what is read of them.
final class VmdkBytes implements ContentSource {
    private final byte[] bytes;

    /// Bytes that were asked for, and most at once.
    private long read;

    private int most;

    VmdkBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public ByteCount size() {
        return ByteCount.ofBytes(bytes.length);
    }

    @Override
    public void read(long offset, ByteBuffer into) {
        read += into.remaining();
        most = Math.max(most, into.remaining());
        into.put(bytes, Math.toIntExact(offset), into.remaining());
    }

    long read() {
        return read;
    }

    int most() {
        return most;
    }

    /// All of the disk that is in it.
    byte[] disk() throws IOException {
        try (VmdkReader image = new VmdkReader(this)) {
            byte[] disk = new byte[Math.toIntExact(image.size().bytes())];
            for (int at = 0; at < disk.length; at += image.unitBytes()) {
                image.read(at, disk, at, Math.min(image.unitBytes(), disk.length - at));
            }
            image.finish();
            return disk;
        }
    }

    /// What qemu-img makes of a disk.
    static byte[] made(Path directory, byte[] disk, String subformat) throws Exception {
        Path raw = Files.write(directory.resolve("made.raw"), disk);
        Path file = directory.resolve("made.vmdk");
        QemuImg.convert(raw, file, "vmdk", "-o", "subformat=" + subformat);
        return Files.readAllBytes(file);
    }

    /// Holes, noise, and what compresses well, of all lengths that sectors allow.
    static byte[] sparse(int length, long seed) {
        Random random = new Random(seed);
        byte[] disk = new byte[length];
        for (int at = 0; at < length; ) {
            int count = Math.min(length - at, 512 * (1 + random.nextInt(400)));
            switch (random.nextInt(4)) {
                case 0 -> {
                    byte[] noise = new byte[count];
                    random.nextBytes(noise);
                    System.arraycopy(noise, 0, disk, at, count);
                }
                case 1 -> Arrays.fill(disk, at, at + count, (byte) (1 + random.nextInt(100)));
                case 2 -> disk[at + random.nextInt(count)] = 1;
                default -> {}
            }
            at += count;
        }
        return disk;
    }
}
