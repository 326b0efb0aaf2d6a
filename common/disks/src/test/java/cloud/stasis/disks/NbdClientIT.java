package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against `qemu-nbd`.
class NbdClientIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int MIB = 1 << 20;
    private static final ByteCount SIZE = ByteCount.ofMib(64);

    @TempDir
    Path directory;

    private final byte[] content = new byte[(int) SIZE.bytes()];
    private Path image;
    private QemuNbd server;

    /// Random data in the first 8 MiB and from 32 to 40 MiB, a hole everywhere else; a bitmap that knows of one
    /// write.
    @BeforeEach
    void image() throws IOException {
        byte[] random = new byte[8 * MIB];
        new Random(7).nextBytes(random);
        System.arraycopy(random, 0, content, 0, random.length);
        System.arraycopy(random, 0, content, 32 * MIB, random.length);
        Path raw = Files.write(directory.resolve("content.raw"), content);
        image = directory.resolve("image.qcow2");
        run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), image.toString());
        run("qemu-img", "bitmap", "--add", "-g", "65536", image.toString(), "since");
        run("qemu-io", "-f", "qcow2", "-c", "write -P 90 1048576 65536", image.toString());
        Arrays.fill(content, MIB, MIB + 65536, (byte) 90);
        server = QemuNbd.serve(image, directory, "qcow2", List.of("--allocation-depth", "--bitmap=since"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyByteIsRead() throws IOException {
        try (NbdClient client = server.connect(List.of())) {
            assertThat(client.size()).isEqualTo(SIZE);

            ByteBuffer all = ByteBuffer.allocate(content.length);
            client.read(0, all);

            assertThat(Arrays.mismatch(all.array(), content)).isEqualTo(-1);
        }
    }

    @Test
    void unalignedReadsFromManyThreadsDoNotMix() throws Exception {
        try (NbdClient client = server.connect(List.of());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> reads = new ArrayList<>();
            Random random = new Random(11);
            for (int count = 0; count < 200; count++) {
                int length = 1 + random.nextInt(3 * MIB);
                int offset = random.nextInt(content.length - length);
                reads.add(() -> {
                    ByteBuffer part = ByteBuffer.allocateDirect(length);
                    client.read(offset, part);
                    return part.flip().mismatch(ByteBuffer.wrap(content, offset, length)) == -1;
                });
            }

            for (Future<Boolean> right : threads.invokeAll(reads)) {
                assertThat(right.get()).isTrue();
            }
        }
    }

    @Test
    void statusCoversTheExportWithoutGaps() throws IOException {
        try (NbdClient client =
                server.connect(List.of(MetaContext.ALLOCATION, MetaContext.DEPTH, MetaContext.dirtyBitmap("since")))) {
            List<BlockStatus> allocation = client.blockStatus(MetaContext.ALLOCATION);
            List<BlockStatus> depth = client.blockStatus(MetaContext.DEPTH);
            List<BlockStatus> dirty = client.blockStatus(MetaContext.dirtyBitmap("since"));

            assertThat(allocation.stream()
                            .mapToLong(status -> status.extent().length())
                            .sum())
                    .isEqualTo(SIZE.bytes());
            assertThat(allocation)
                    .filteredOn(status -> status.flags() == 0)
                    .extracting(BlockStatus::extent)
                    .containsExactly(new Extent(0, 8L * MIB), new Extent(32L * MIB, 8L * MIB));
            assertThat(depth)
                    .filteredOn(status -> status.flags() == 1)
                    .extracting(BlockStatus::extent)
                    .containsExactly(new Extent(0, 8L * MIB), new Extent(32L * MIB, 8L * MIB));
            assertThat(dirty)
                    .filteredOn(status -> status.flags() == MetaContext.STATE_DIRTY)
                    .extracting(BlockStatus::extent)
                    .containsExactly(new Extent(MIB, 65536));
        }
    }

    @Test
    void contextThatIsNotOfferedIsRefused() {
        assertThatThrownBy(() -> server.connect(List.of(MetaContext.dirtyBitmap("other"))))
                .isInstanceOf(NbdException.class)
                .hasMessageContaining("does not offer");
    }

    @Test
    void serverThatDiesFailsTheReadsThatWait() throws IOException {
        try (NbdClient client = server.connect(List.of())) {
            server.close();

            assertThatThrownBy(() -> {
                        for (int count = 0; count < 1000; count++) {
                            client.read(0, ByteBuffer.allocate(8 * MIB));
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void serverThatIsSilentIsGivenUp() throws IOException {
        Path socket = directory.resolve("silent.sock");
        try (var silent = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            silent.bind(java.net.UnixDomainSocketAddress.of(socket));

            assertThatThrownBy(() -> NbdClient.connect(new NbdExport(socket, "x"), List.of(), Duration.ofMillis(200)))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("did not answer");
        }
    }

    private static void run(String... command) {
        Program.run(SOON, List.of(command));
    }
}
