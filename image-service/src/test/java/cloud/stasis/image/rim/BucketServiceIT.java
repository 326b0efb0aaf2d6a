package cloud.stasis.image.rim;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.bus.RecordCodec;
import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.Capability.Right;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.FileSource;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.s3.Buckets;
import cloud.stasis.image.blob.s3.S3Location;
import cloud.stasis.image.qcow2.QemuImg;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.testkit.S3Server;
import cloud.stasis.testkit.Until;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.memory.InMemoryConnector;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole image service on a bucket, as an operator configures it: what agents, the gateway and operators do with
/// it goes in by its HTTP doors and by the bus, and nothing of it lies in a directory.
@QuarkusTest
@TestProfile(BucketServiceIT.OnABucket.class)
class BucketServiceIT {
    private static final String CAPABILITY_KEY = "Y2FwYWJpbGl0eSBrZXkgZm9yIHRlc3RzLCAzMiBieXQ";
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DISK = 5_000_192;

    @TestHTTPResource
    URI service;

    @Inject
    @Connector("smallrye-in-memory")
    InMemoryConnector bus;

    @TempDir
    Path directory;

    private final Capability.Key key = Capability.Key.parse(CAPABILITY_KEY, Clock.systemUTC());
    private final RecordCodec codec = new RecordCodec();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void whatIsUploadedIsReadInRangesAndWholeAndItsSpaceComesBack() throws Exception {
        byte[] disk = disk(1);
        Path raw = Files.write(directory.resolve("disk.raw"), disk);
        Path qcow2 = directory.resolve("disk.qcow2");
        QemuImg.convert(raw, qcow2, "qcow2");
        ImageId rawImage = ImageId.random();
        ImageId qcowImage = ImageId.random();

        assertThat(upload(rawImage, raw, "raw").path("size").asLong()).isEqualTo(DISK);
        long once = plan().path("storedBytes").asLong();
        JsonNode converted = upload(qcowImage, qcow2, "qcow2");

        assertThat(converted.path("virtualSize").asLong()).isEqualTo(DISK);
        assertThat(plan().path("storedBytes").asLong() - once)
                .as("the same disk in another file")
                .isLessThan(2_000_000);
        assertThat(download(rawImage, Optional.empty()).body()).isEqualTo(disk);
        assertThat(download(qcowImage, Optional.empty()).body()).isEqualTo(Files.readAllBytes(qcow2));
        HttpResponse<byte[]> range = download(rawImage, Optional.of("bytes=1000-2100000"));
        assertThat(range.statusCode()).isEqualTo(206);
        assertThat(range.headers().firstValue("Content-Range")).contains("bytes 1000-2100000/" + DISK);
        assertThat(range.body()).isEqualTo(Arrays.copyOfRange(disk, 1000, 2_100_001));
        assertThat(download(rawImage, Optional.of("bytes=9000000-")).statusCode())
                .isEqualTo(416);

        drop(rawImage);
        collect();

        assertThat(download(rawImage, Optional.empty()).statusCode()).isEqualTo(404);
        assertThat(download(qcowImage, Optional.empty()).body()).isEqualTo(Files.readAllBytes(qcow2));
        scrubFindsNothing();

        drop(qcowImage);

        assertThat(plan().path("freedBytes").asLong()).as("told before").isGreaterThan(3_000_000);
        assertThat(collect().path("freedBytes").asLong()).isGreaterThan(3_000_000);
        assertThat(plan().path("storedBytes").asLong()).isZero();
        scrubFindsNothing();
    }

    /// As an agent captures, and the gateway seals.
    @Test
    void whatAnAgentBringsIsSealedAndDownloadedAsAQcow2() throws Exception {
        byte[] disk = disk(2);
        ImageId image = ImageId.random();
        ReferenceName name = ReferenceName.of(image);
        HttpContentStore store = new HttpContentStore(
                root(), key.grant(Set.of(Right.STORE_READ, Right.STORE_WRITE), name.toString(), Duration.ofMinutes(5)));
        Content base = uploaded(store, disk, new Content(IndexId.ZERO, ByteCount.ZERO), new Extent(0, DISK))
                .content();
        disk[3_000_000]++;
        UploadResult changed = uploaded(store, disk, base, new Extent(3_000_000, 1));
        assertThat(changed.sent().bytes()).as("an increment").isLessThan(75_000);

        assertThat(told(new ImageCommand.SealBundle(name, Stores.image(changed.content()))))
                .isInstanceOfSatisfying(
                        CommandResult.Sealed.class,
                        seal -> assertThat(seal.fileSize().bytes()).isGreaterThan(3_000_000));
        collect();

        Path file = Files.write(
                directory.resolve("download.qcow2"),
                download(image, Optional.empty()).body());
        assertThat(QemuImg.run("qemu-img", "check", file.toString())).contains("No errors were found");
        QemuImg.convert(file, directory.resolve("download.raw"), "raw");
        assertThat(Files.readAllBytes(directory.resolve("download.raw"))).isEqualTo(disk);
        scrubFindsNothing();
        drop(image);
    }

    /// The journal, the key of the site and what is cached; nothing of the store.
    @Test
    void nothingOfTheStoreLiesInADirectory() throws IOException {
        try (Stream<Path> names = Files.list(OnABucket.Surroundings.service())) {
            assertThat(names.map(path -> path.getFileName().toString()))
                    .contains("site.key")
                    .doesNotContain("packs", "manifests", "references", "STASIS-STORE");
        }
    }

    /// Noise with a hole in it, and something that can be compressed.
    private static byte[] disk(long seed) {
        byte[] disk = Arrays.copyOf(Stores.noise(3_200_000, seed), DISK);
        Arrays.fill(disk, 4_000_000, 4_500_000, (byte) seed);
        return disk;
    }

    private static UploadResult uploaded(HttpContentStore store, byte[] disk, Content base, Extent extent)
            throws IOException {
        Path file = Files.write(Files.createTempFile("stasis-bucket", ".raw"), disk);
        try (FileSource source = FileSource.of(file)) {
            return store.upload(source, base, List.of(extent), TransferListener.NONE);
        } finally {
            Files.delete(file);
        }
    }

    private JsonNode upload(ImageId image, Path file, String format) throws Exception {
        HttpRequest request = request(
                        imagePath(image) + "?container_format=bare&disk_format=" + format,
                        grant(image, Right.IMAGE_UPLOAD))
                .PUT(BodyPublishers.ofFile(file))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<byte[]> download(ImageId image, Optional<String> range) throws Exception {
        HttpRequest.Builder request = request(imagePath(image), grant(image, Right.IMAGE_DOWNLOAD));
        range.ifPresent(text -> request.header("Range", text));
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private void drop(ImageId image) throws Exception {
        assertThat(told(new ImageCommand.DropReference(ReferenceName.of(image))))
                .isInstanceOf(CommandResult.Completed.class);
    }

    private JsonNode plan() throws Exception {
        return upkeep(request("/store/v1/collection", admin()).GET());
    }

    private JsonNode collect() throws Exception {
        return upkeep(request("/store/v1/collection", admin()).POST(BodyPublishers.noBody()));
    }

    private void scrubFindsNothing() throws Exception {
        JsonNode report = upkeep(request("/store/v1/scrub", admin()).POST(BodyPublishers.noBody()));
        assertThat(report.path("damages")).isEmpty();
        assertThat(report.path("affected")).isEmpty();
    }

    private JsonNode upkeep(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /// What the gateway is told of a command in the end.
    private CommandResult told(ImageCommand command) throws Exception {
        CommandId id = CommandId.random();
        Envelope<ImageCommand> envelope = new Envelope<>(id.value(), "", Instant.now(), command);
        ConsumerRecord<String, byte[]> sent = new ConsumerRecord<>(
                "commands",
                0,
                0,
                ConsumerRecord.NO_TIMESTAMP,
                TimestampType.NO_TIMESTAMP_TYPE,
                0,
                0,
                command.key(),
                codec.value(envelope),
                codec.headers(envelope),
                Optional.empty());
        bus.<Message<byte[]>>source("commands")
                .send(Message.of(codec.value(envelope))
                        .addMetadata(new IncomingKafkaRecordMetadata<>(sent, "commands")));
        Until.reached(DEADLINE, () -> done(id).isPresent());
        return done(id).orElseThrow();
    }

    private Optional<CommandResult> done(CommandId id) {
        return bus.<byte[]>sink("facts").received().stream()
                .map(this::fact)
                .filter(Fact.CommandDone.class::isInstance)
                .map(Fact.CommandDone.class::cast)
                .filter(done -> done.command().equals(id))
                .map(Fact.CommandDone::result)
                .findFirst();
    }

    private Object fact(Message<byte[]> message) {
        OutgoingKafkaRecordMetadata<?> metadata =
                message.getMetadata(OutgoingKafkaRecordMetadata.class).orElseThrow();
        return codec.decode(metadata.getHeaders(), message.getPayload()).payload();
    }

    private static String imagePath(ImageId image) {
        return "/store/v1/images/" + image + "/file";
    }

    private String grant(ImageId image, Right right) {
        return key.grant(Set.of(right), ReferenceName.of(image).toString(), Duration.ofMinutes(5));
    }

    private String admin() {
        return key.grant(Set.of(Right.STORE_ADMIN), "operator", Duration.ofMinutes(5));
    }

    private URI root() {
        return URI.create("http://" + service.getHost() + ":" + service.getPort());
    }

    private HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(root().resolve(path))
                .timeout(DEADLINE)
                .header("Authorization", "Bearer " + token);
    }

    /// The variables that `docs/guides/store.md` lists, and a bus in this process.
    public static final class OnABucket implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    // It would ask a broker.
                    "quarkus.arc.exclude-types", "cloud.stasis.worker.TopicSetup",
                    "quarkus.http.test-port", "0");
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Surroundings.class));
        }

        /// The bucket, and what the service is told of it.
        public static final class Surroundings implements QuarkusTestResourceLifecycleManager {
            private static final String SERVICE = "stasis.service-dir";

            private Path directory = Path.of("");

            @Override
            public Map<String, String> start() {
                S3Location location = Buckets.fresh();
                Map<String, String> settings = new HashMap<>(Map.of(
                        "stasis.store-url",
                        "s3://" + location.bucket() + "/" + location.prefix(),
                        "stasis.s3.endpoint",
                        location.endpoint().orElseThrow().toString(),
                        "stasis.s3.access-key",
                        S3Server.KEY,
                        "stasis.s3.secret-key",
                        S3Server.SECRET,
                        "stasis.capability-key",
                        CAPABILITY_KEY,
                        "stasis.collector.interval",
                        "0s",
                        "stasis.collector.keep",
                        "0s"));
                try {
                    directory = Files.createTempDirectory("stasis-bucket");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                settings.put(SERVICE, directory.toString());
                settings.putAll(InMemoryConnector.switchIncomingChannelsToInMemory("commands"));
                settings.putAll(InMemoryConnector.switchOutgoingChannelsToInMemory("facts", "heartbeats"));
                return settings;
            }

            static Path service() {
                return Path.of(ConfigProvider.getConfig().getValue(SERVICE, String.class));
            }

            @Override
            public void stop() {
                InMemoryConnector.clear();
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
