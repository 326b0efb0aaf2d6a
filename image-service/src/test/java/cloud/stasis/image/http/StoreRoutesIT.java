package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.STORE_ADMIN;
import static cloud.stasis.chunks.Capability.Right.STORE_READ;
import static cloud.stasis.chunks.Capability.Right.STORE_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.Stores;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.testkit.Until;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreRoutesIT {
    private static final Content NOTHING = new Content(IndexId.ZERO, ByteCount.ZERO);

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ContentStore MEMORY = new MemoryContentStore();

    private StoreServer server;

    @BeforeEach
    void start() {
        server = new StoreServer(directory.resolve("store"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void contentGoesInAndComesBackAndSurvivesARestart() throws Exception {
        byte[] bytes = noise(30_000_000, 1);
        Arrays.fill(bytes, 5_000_000, 12_000_000, (byte) 0);
        Arrays.fill(bytes, 12_000_000, 20_000_000, (byte) 7);

        UploadResult result = upload(bytes, NOTHING, new Extent(0, bytes.length));

        assertThat(result.sent().bytes()).isBetween(15_000_000L, 15_300_000L);
        server.close();
        server = new StoreServer(directory.resolve("store"));
        ContentStore store = store(STORE_READ);
        Path file = directory.resolve("disk.raw");
        store.download(result.content(), file, TransferListener.NONE);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        byte[] range = new byte[100_000];
        store.read(result.content(), 11_950_000, ByteBuffer.wrap(range));
        assertThat(range).isEqualTo(Arrays.copyOfRange(bytes, 11_950_000, 12_050_000));
    }

    @Test
    void anIncrementSendsWhatChanged() {
        byte[] bytes = noise(20_000_000, 2);
        Content base = upload(bytes, NOTHING, new Extent(0, bytes.length)).content();
        bytes[10_000_000]++;

        UploadResult result = upload(bytes, base, new Extent(10_000_000, 1));

        assertThat(result.sent().bytes()).isLessThan(75_000);
        assertThat(result.content())
                .isEqualTo(upload(bytes, NOTHING, new Extent(0, bytes.length)).content());
    }

    /// The client tells the service, which reads by itself; so the next upload brings what rotted, and no new bundle is
    /// built on it.
    @Test
    void aBlobThatCameWrongIsMissingFromThenOn() throws Exception {
        byte[] bytes = noise(1_000_000, 15);
        Content content = upload(bytes, NOTHING, new Extent(0, bytes.length)).content();
        for (Path pack : packs()) {
            byte[] rotten = Files.readAllBytes(pack);
            rotten[1000] ^= 1;
            Files.write(pack, rotten);
        }
        List<Digest> chunks = new ContentReader(server.repository.exchange()).leaves(content, 0, 16);

        assertFails(ErrorCode.HASH_MISMATCH, () -> store(STORE_READ)
                .download(content, directory.resolve("disk.raw"), TransferListener.NONE));

        Until.reached(
                Duration.ofSeconds(60),
                () -> server.repository.exchange().missing(chunks).cardinality() == 1);
        upload(bytes, NOTHING, new Extent(0, bytes.length));
        Path file = directory.resolve("again.raw");
        store(STORE_READ).download(content, file, TransferListener.NONE);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void whoMayNotReadMaySuspectNothing() throws Exception {
        assertThat(send("POST", "/store/v1/suspects", Optional.empty(), new byte[32])
                        .statusCode())
                .isEqualTo(401);
        assertThat(send("POST", "/store/v1/suspects", Optional.of(server.token(STORE_WRITE)), new byte[32])
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/store/v1/suspects", Optional.of(server.token(STORE_READ)), new byte[31])
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/store/v1/suspects", Optional.of(server.token(STORE_READ)), new byte[32])
                        .statusCode())
                .isEqualTo(204);
    }

    private List<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("store/packs"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aBaseThatIsNotWholeIsSaidToBeMissing() {
        byte[] bytes = noise(1_000_000, 12);
        Content base = MEMORY.upload(
                        source(bytes), NOTHING, List.of(new Extent(0, bytes.length)), TransferListener.NONE)
                .content();

        assertFails(ErrorCode.MISSING_OBJECT, () -> upload(bytes, base, new Extent(0, 1)));
    }

    @Test
    void operatorsAskWhatWouldBeCollectedAndOthersMayNot() throws Exception {
        upload(noise(1_000_000, 13), NOTHING, new Extent(0, 1_000_000));
        Optional<String> operator = Optional.of(server.token(STORE_ADMIN));

        assertThat(send("GET", "/store/v1/collection", Optional.of(server.token(STORE_READ, STORE_WRITE)), new byte[0])
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("GET", "/store/v1/collection", operator, new byte[0]).body())
                .contains("\"freedBytes\":0", "\"bundles\":0");
        assertThat(send("POST", "/store/v1/collection", operator, new byte[0]).body())
                .contains("\"packsRemoved\":0");
    }

    @Test
    void withoutTheRightNothingIsLetIn() throws Exception {
        byte[] bytes = noise(100_000, 3);
        assertFails(ErrorCode.ACCESS_DENIED, () -> store(STORE_READ)
                .upload(source(bytes), NOTHING, List.of(new Extent(0, bytes.length)), TransferListener.NONE));
        Content content = upload(bytes, NOTHING, new Extent(0, bytes.length)).content();
        assertFails(ErrorCode.ACCESS_DENIED, () -> store(STORE_WRITE).small(content, content.size()));

        assertThat(send("POST", "/store/v1/missing", Optional.empty(), new byte[32])
                        .statusCode())
                .isEqualTo(401);
        assertThat(send("POST", "/store/v1/missing", Optional.of("forged"), new byte[32])
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aPackThatIsNotWhatItSaysIsRefusedAndNotKept() throws Exception {
        Pack pack = pack(noise(50_000, 4));
        byte[] damaged = pack.bytes().clone();
        damaged[1000] ^= 1;

        HttpResponse<String> wrongName = put(pack.name(), damaged);
        HttpResponse<String> wrongInside = put(Sha256.of(damaged), damaged);
        HttpResponse<String> empty = put(Sha256.of(new byte[0]), new byte[0]);
        HttpResponse<String> large = put(pack.name(), new byte[Pack.MAX_BYTES + 1]);

        assertThat(wrongName.statusCode()).isEqualTo(400);
        assertThat(wrongName.body()).contains("HASH_MISMATCH");
        assertThat(wrongInside.statusCode()).isEqualTo(400);
        assertThat(empty.statusCode()).isEqualTo(400);
        assertThat(large.statusCode()).isEqualTo(400);
        assertThat(missing(Sha256.of(noise(50_000, 4)))).isEqualTo(1);
        assertThat(put(pack.name(), pack.bytes()).statusCode()).isEqualTo(204);
        assertThat(put(pack.name(), pack.bytes()).statusCode()).isEqualTo(204);
        assertThat(missing(Sha256.of(noise(50_000, 4)))).isEqualTo(0);
    }

    @Test
    void aPackThatBreaksOffLeavesNothing() throws Exception {
        Pack pack = pack(noise(2_000_000, 5));
        try (Socket socket = new Socket(server.uri().getHost(), server.uri().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /store/v1/packs/" + pack.name() + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            + pack.bytes().length + "\r\nAuthorization: Bearer " + server.token(STORE_WRITE)
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(pack.bytes(), 0, 1_000_000);
            out.flush();
        }

        assertThat(missing(Sha256.of(noise(2_000_000, 5)))).isEqualTo(1);
        assertThat(Stores.halfWritten(directory.resolve("store"))).isEmpty();
    }

    @Test
    void bodiesAreBoundedAndParsed() throws Exception {
        assertThat(send("POST", "/store/v1/missing", Optional.of(server.token(STORE_READ)), new byte[32])
                        .statusCode())
                .as("who only reads has nothing to ask")
                .isEqualTo(403);
        Optional<String> token = Optional.of(server.token(STORE_READ, STORE_WRITE));
        assertThat(send("POST", "/store/v1/missing", token, new byte[31]).statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/store/v1/missing", token, new byte[0]).statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/store/v1/missing", token, new byte[4097 * 32]).statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/store/v1/blobs", token, new byte[129 * 32]).statusCode())
                .isEqualTo(400);
        HttpResponse<String> unknown = send("POST", "/store/v1/blobs", token, noise(32, 6));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("MISSING_OBJECT");
        assertThat(send("PUT", "/store/v1/packs/..%2f..%2fetc", Optional.of(server.token(STORE_WRITE)), new byte[1])
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void manifestsAndReferencesAreRead() throws Exception {
        byte[] bytes = noise(100_000, 7);
        Content content = upload(bytes, NOTHING, new Extent(0, bytes.length)).content();
        ReferenceName name = ReferenceName.of(ImageId.random());
        Manifest manifest = manifest(content);
        ManifestId id = server.repository.seal(name, manifest);
        Optional<String> token = Optional.of(server.token(STORE_READ));

        HttpResponse<String> reference = send("GET", "/store/v1/references/" + name, token, new byte[0]);
        HttpResponse<String> read = send("GET", "/store/v1/manifests/" + id, token, new byte[0]);

        assertThat(reference.statusCode()).isEqualTo(200);
        assertThat(reference.body()).contains("\"manifest\":\"" + id + "\"").contains("\"generation\":1");
        assertThat(ManifestCodec.decode(read.body().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(manifest);
        assertThat(send("GET", "/store/v1/references/image/" + UUID.randomUUID(), token, new byte[0])
                        .statusCode())
                .isEqualTo(404);
        assertThat(send("GET", "/store/v1/references/other/" + UUID.randomUUID(), token, new byte[0])
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("GET", "/store/v1/manifests/" + Sha256.of(bytes), token, new byte[0])
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aBundleOfWhatIsNotThereIsNotSealed() {
        ReferenceName name = ReferenceName.of(ImageId.random());
        byte[] bytes = noise(300_000, 8);
        Content content = upload(bytes, NOTHING, new Extent(0, bytes.length)).content();

        assertFails(
                ErrorCode.MISSING_OBJECT,
                () -> server.repository.seal(
                        name, manifest(new Content(new IndexId(Sha256.of(bytes)), content.size()))));
        assertFails(
                ErrorCode.MALFORMED_OBJECT,
                () -> server.repository.seal(name, manifest(new Content(content.index(), ByteCount.ofBytes(300_001)))));
        assertFails(
                ErrorCode.MALFORMED_OBJECT,
                () -> server.repository.seal(name, manifest(new Content(content.index(), ByteCount.ZERO))));
        assertThat(server.repository.reference(name)).isEmpty();
        ManifestId id = server.repository.seal(name, manifest(content));
        assertThat(server.repository.seal(name, manifest(content))).isEqualTo(id);
    }

    private static Manifest manifest(Content content) {
        return new Manifest(
                1,
                ReferenceName.Kind.IMAGE,
                Optional.empty(),
                Instant.parse("2026-11-22T10:00:00Z"),
                Optional.empty(),
                List.of(new Part.File(content)),
                Optional.empty(),
                Map.of());
    }

    private ContentStore store(cloud.stasis.chunks.Capability.Right... rights) {
        return new HttpContentStore(server.uri(), server.token(rights));
    }

    private UploadResult upload(byte[] bytes, Content base, Extent extent) {
        return store(STORE_READ, STORE_WRITE).upload(source(bytes), base, List.of(extent), TransferListener.NONE);
    }

    private int missing(Digest digest) throws Exception {
        HttpRequest request = request("/store/v1/missing", Optional.of(server.token(STORE_WRITE)))
                .POST(HttpRequest.BodyPublishers.ofByteArray(digest.bytes()))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body()[0];
    }

    private HttpResponse<String> put(Digest name, byte[] bytes) throws Exception {
        return send("PUT", "/store/v1/packs/" + name, Optional.of(server.token(STORE_WRITE)), bytes);
    }

    private HttpResponse<String> send(String method, String path, Optional<String> token, byte[] body)
            throws Exception {
        HttpRequest request = request(path, token)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, Optional<String> token) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(server.uri() + path));
        token.ifPresent(text -> builder.header("Authorization", "Bearer " + text));
        return builder;
    }

    private static Pack pack(byte[] bytes) {
        try (PackBuilder builder = new PackBuilder()) {
            for (int at = 0; at < bytes.length; at += 65_536) {
                byte[] leaf = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 65_536));
                builder.add(BlobKind.CHUNK, Sha256.of(leaf), leaf, 0, leaf.length);
            }
            return builder.build();
        }
    }

    private static ContentSource source(byte[] bytes) {
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(bytes.length);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(bytes, (int) offset, into.remaining());
            }
        };
    }

    private static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
