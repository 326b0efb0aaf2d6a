package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.IMAGE_DOWNLOAD;
import static cloud.stasis.chunks.Capability.Right.IMAGE_UPLOAD;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.Capability;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.testkit.Until;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Twenty transfers at once through a service whose heap is a fraction of what they move.
class FlatMemoryIT {
    /// Of the service. What it holds does not depend on how large images are.
    private static final int HEAP_MIB = 192;

    private static final int TRANSFERS = 10;
    private static final int MIB = 1024 * 1024;

    /// Ten such ones up and ten down are three times the heap.
    private static final int IMAGE_MIB = 32;

    private static final Duration DEADLINE = Duration.ofSeconds(180);

    private final Capability.Key key =
            Capability.Key.parse(Base64.getUrlEncoder().encodeToString(new byte[32]), Clock.systemUTC());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    private Process service;
    private URI uri;

    @BeforeEach
    void start() throws Exception {
        Path said = directory.resolve("said");
        service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP_MIB + "m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "cloud.stasis.image.sync.SiteProcess",
                        directory.resolve("store").toString(),
                        "0")
                .redirectOutput(said.toFile())
                .redirectError(directory.resolve("errors").toFile())
                .start();
        Until.reachedBy(service, DEADLINE, () -> Files.readString(said).contains("\n"), this::errors);
        uri = URI.create(
                Files.readString(said).lines().findFirst().orElseThrow().substring("serving ".length()));
    }

    @AfterEach
    void stop() {
        client.close();
        service.destroyForcibly();
    }

    @Test
    void twentyTransfersAtOnceNeedNoMoreThanTheirShare() throws Exception {
        ImageId first = ImageId.random();
        upload(first, 0);
        List<Callable<Long>> transfers = new ArrayList<>();
        for (int number = 1; number <= TRANSFERS; number++) {
            int seed = number;
            transfers.add(() -> upload(ImageId.random(), seed));
            transfers.add(() -> download(first));
        }

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> all = threads.invokeAll(transfers, DEADLINE.toSeconds(), TimeUnit.SECONDS);
            for (Future<Long> transfer : all) {
                assertThat(transfer.isCancelled()).as("it ended in time").isFalse();
                assertThat(transfer.get()).isEqualTo((long) IMAGE_MIB * MIB);
            }
        }

        assertThat(service.isAlive()).as("%s", errors()).isTrue();
        // The heap, as much again outside of it at most, and the virtual machine.
        assertThat(peakMib()).as("peak of the resident memory, MiB").isLessThan(2 * HEAP_MIB + 200);
    }

    private long upload(ImageId image, int seed) throws IOException, InterruptedException {
        HttpRequest request = request(
                        image, IMAGE_UPLOAD, "?disk_format=raw&container_format=bare&project=p" + seed % 5)
                .PUT(BodyPublishers.ofInputStream(() -> new Noise(seed)))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return (long) IMAGE_MIB * MIB;
    }

    private long download(ImageId image) throws IOException, InterruptedException {
        HttpRequest request = request(image, IMAGE_DOWNLOAD, "").GET().build();
        HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        byte[] expected = new byte[MIB];
        long read = 0;
        try (InputStream body = answer.body();
                InputStream noise = new Noise(0)) {
            for (byte[] piece = body.readNBytes(MIB); piece.length > 0; piece = body.readNBytes(MIB)) {
                assertThat(noise.readNBytes(expected, 0, piece.length)).isEqualTo(piece.length);
                assertThat(piece).isEqualTo(expected);
                read += piece.length;
            }
        }
        return read;
    }

    private HttpRequest.Builder request(ImageId image, Capability.Right right, String query) {
        String token = key.grant(Set.of(right), ReferenceName.of(image).toString(), Duration.ofMinutes(10));
        return HttpRequest.newBuilder(URI.create(uri + "/store/v1/images/" + image + "/file" + query))
                .header("Authorization", "Bearer " + token)
                .timeout(DEADLINE);
    }

    private long peakMib() throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(service.pid()), "status"))
                        .lines()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024;
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("errors"));
    }

    /// An image of bytes that cannot be compressed, none of whose chunks is like another.
    private static final class Noise extends InputStream {
        private final byte[] block = new byte[MIB];
        private final Random random;
        private int at = MIB;
        private int blocks;

        Noise(int seed) {
            random = new Random(seed);
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (at == MIB) {
                if (blocks == IMAGE_MIB) {
                    return -1;
                }
                random.nextBytes(block);
                blocks++;
                at = 0;
            }
            int some = Math.min(length, MIB - at);
            System.arraycopy(block, at, into, offset, some);
            at += some;
            return some;
        }
    }
}
