package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What QEMU makes of a file of ours, and we of what it has written.
class QcowScratchIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int CLUSTER = QcowScratch.CLUSTER;

    @TempDir
    Path directory;

    @Test
    void whatQemuWroteIsFoundAndNothingElse() throws IOException {
        Path file = directory.resolve("scratch.qcow2");
        // Into the second table of the second level, and with an end that is not that of a cluster.
        ByteCount size = ByteCount.ofBytes(ByteCount.ofMib(600).bytes() + 4096);
        QcowScratch.create(file, size);

        write(file, "write -q -P 7 64k 64k", "write -q -z 256k 64k", "write -q -P 9 600M 4k");

        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            List<QcowScratch.Part> parts = QcowScratch.parts(channel);
            assertThat(parts)
                    .extracting(QcowScratch.Part::extent)
                    .containsExactly(
                            new Extent(CLUSTER, CLUSTER),
                            new Extent(4L * CLUSTER, CLUSTER),
                            new Extent(ByteCount.ofMib(600).bytes(), 4096));
            assertThat(parts).extracting(QcowScratch.Part::isZeros).containsExactly(false, true, false);
            assertThat(first(channel, parts.get(0))).isEqualTo((byte) 7);
            assertThat(first(channel, parts.get(2))).isEqualTo((byte) 9);
        }
        assertThat(Program.run(DEADLINE, List.of("qemu-img", "check", file.toString())))
                .contains("No errors");
    }

    @Test
    void emptyOneHasNoParts() throws IOException {
        Path file = directory.resolve("scratch.qcow2");
        QcowScratch.create(file, ByteCount.ofGib(2048));

        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThat(QcowScratch.parts(channel)).isEmpty();
        }
        assertThat(Program.run(DEADLINE, List.of("qemu-img", "check", file.toString())))
                .contains("No errors");
    }

    private static byte first(FileChannel channel, QcowScratch.Part part) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        channel.read(one, part.at());
        return one.get(0);
    }

    private static void write(Path file, String... commands) {
        List<String> line = new ArrayList<>(List.of("qemu-io", "-f", "qcow2"));
        for (String command : commands) {
            line.add("-c");
            line.add(command);
        }
        line.add(file.toString());
        Program.run(DEADLINE, line);
    }
}
