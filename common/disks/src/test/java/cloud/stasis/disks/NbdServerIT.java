package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Read by our own client, by `qemu-img`, and through a `qemu-nbd` that outlives the server.
class NbdServerIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int BYTES = 5 * (1 << 20) + 512;

    @TempDir
    Path directory;

    private final byte[] content = new byte[BYTES];
    private NbdExport export;

    @BeforeEach
    void fill() {
        new Random(3).nextBytes(content);
        export = new NbdExport(directory.resolve("a"), "content");
    }

    @Test
    void clientAndQemuReadEveryByte() throws IOException {
        try (NbdServer server = NbdServer.open(source(), export);
                NbdClient client = NbdClient.connect(server.export(), List.of(), SOON)) {
            ByteBuffer all = ByteBuffer.allocate(BYTES);
            client.read(0, all);
            Path copy = directory.resolve("copy.raw");
            Program.run(
                    SOON,
                    List.of(
                            "qemu-img",
                            "convert",
                            "-O",
                            "raw",
                            "nbd+unix:///content?socket=" + export.socket(),
                            "" + copy));

            assertThat(client.size()).isEqualTo(ByteCount.ofBytes(BYTES));
            assertThat(all.array()).isEqualTo(content);
            assertThat(Files.readAllBytes(copy)).isEqualTo(content);
        }
        assertThat(export.socket()).doesNotExist();
    }

    @Test
    void whatIsNotOfferedIsRefused() throws IOException {
        try (NbdServer server = NbdServer.open(source(), export)) {
            assertThatThrownBy(() -> NbdClient.connect(new NbdExport(export.socket(), "other"), List.of(), SOON))
                    .isInstanceOf(NbdException.class);
            assertThatThrownBy(() -> NbdClient.connect(server.export(), List.of(MetaContext.ALLOCATION), SOON))
                    .isInstanceOf(NbdException.class);
            try (NbdClient client = NbdClient.connect(server.export(), List.of(), SOON)) {
                assertThatThrownBy(() -> client.read(BYTES - 1, ByteBuffer.allocate(2)))
                        .isInstanceOf(NbdException.class);
                ByteBuffer last = ByteBuffer.allocate(1);
                client.read(BYTES - 1, last);
                assertThat(last.get(0)).isEqualTo(content[BYTES - 1]);
            }
        }
    }

    @Test
    void readersBehindTheProxyWaitForTheNextServer() throws Exception {
        NbdProxy proxy = new NbdProxy(
                export, new NbdExport(directory.resolve("q"), "content"), directory.resolve("pid"), Outliving.HERE);
        NbdServer server = NbdServer.open(source(), export);
        proxy.ensure();
        String pid = Files.readString(proxy.pid());
        try (NbdClient client = NbdClient.connect(proxy.front(), List.of(), SOON)) {
            server.close();
            CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> all(client));
            server = NbdServer.open(source(), export);
            proxy.ensure();

            assertThat(read.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(content);
            assertThat(Files.readString(proxy.pid()))
                    .as("it is the same process")
                    .isEqualTo(pid);
        } finally {
            proxy.stop();
            server.close();
        }
        assertThat(proxy.front().socket()).doesNotExist();
    }

    private static byte[] all(NbdClient client) {
        ByteBuffer all = ByteBuffer.allocate(BYTES);
        try {
            client.read(0, all);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return all.array();
    }

    private ContentSource source() {
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(BYTES);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(content, (int) offset, into.remaining());
            }
        };
    }
}
