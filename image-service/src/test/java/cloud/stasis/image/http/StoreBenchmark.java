package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.STORE_READ;
import static cloud.stasis.chunks.Capability.Right.STORE_WRITE;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Not a test: moves a file into a fresh store over loopback and back, store and client in one process, and
/// prints how long that took and what processor time both ends needed. `StoreBenchmark <file> [rounds]`
final class StoreBenchmark {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private StoreBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        for (int round = 1; round <= rounds; round++) {
            Path directory = Files.createTempDirectory(file.toAbsolutePath().getParent(), "bench");
            try (StoreServer server = new StoreServer(directory.resolve("store"));
                    FileChannel channel = FileChannel.open(file)) {
                round(server, channel, file, directory);
            }
            new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
        }
    }

    private static void round(StoreServer server, FileChannel channel, Path file, Path directory) throws IOException {
        ContentStore store = new HttpContentStore(server.uri(), server.token(STORE_READ, STORE_WRITE));
        Content nothing = new Content(IndexId.ZERO, ByteCount.ZERO);
        ByteCount size = ByteCount.ofBytes(channel.size());
        List<Extent> all = List.of(new Extent(0, channel.size()));
        UploadResult[] first = new UploadResult[1];
        measure(
                "ingest",
                channel.size(),
                () -> first[0] = store.upload(source(channel, size), nothing, all, TransferListener.NONE));
        System.out.printf("  %,d bytes sent%n", first[0].sent().bytes());
        measure(
                "ingest-again",
                channel.size(),
                () -> store.upload(source(channel, size), nothing, all, TransferListener.NONE));
        Content content = first[0].content();
        measure(
                "restore",
                channel.size(),
                () -> store.download(content, directory.resolve("out"), TransferListener.NONE));
        if (Files.mismatch(directory.resolve("out"), file) != -1) {
            throw new IllegalStateException("what came back differs");
        }
    }

    private static void measure(String name, long bytes, Runnable work) {
        long cpu = PROCESS.getProcessCpuTime();
        long begin = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuSeconds = (PROCESS.getProcessCpuTime() - cpu) / 1e9;
        System.out.printf(
                "%-14s %6.2f s  %5.2f cpu s  %5.0f MB/s  %5.0f MB per cpu s%n",
                name, seconds, cpuSeconds, bytes / 1e6 / seconds, bytes / 1e6 / cpuSeconds);
    }

    private static ContentSource source(FileChannel file, ByteCount size) {
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return size;
            }

            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                while (into.hasRemaining()) {
                    offset += file.read(into, offset);
                }
            }
        };
    }
}
