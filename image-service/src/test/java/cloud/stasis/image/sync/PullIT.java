package cloud.stasis.image.sync;

import static cloud.stasis.chunks.Capability.Right.STORE_ADMIN;
import static cloud.stasis.chunks.Capability.Right.STORE_READ;
import static cloud.stasis.chunks.Capability.Right.STORE_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.HttpPeer;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.http.StoreServer;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two stores on real servers.
class PullIT {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    @TempDir
    Path directory;

    private StoreServer there;
    private StoreServer here;

    @BeforeEach
    void open() {
        there = new StoreServer(directory.resolve("there"));
        here = new StoreServer(directory.resolve("here"));
    }

    @AfterEach
    void close() {
        there.close();
        here.close();
    }

    @Test
    void onlyWhatIsMissingTravelsAndTheBundleIsTheSame() {
        byte[] bytes = Stores.noise(100 * LEAF + 1000, 1);
        ReferenceName first = seal(bytes);
        Pulled pulled = pull(first);
        bytes[50 * LEAF]++;
        ReferenceName second = seal(bytes);

        Pulled increment = pull(second);
        Pulled again = pull(second);

        assertThat(pulled.blobs()).isEqualTo(101 + 2 + 1);
        assertThat(increment.blobs()).as("a chunk and its two nodes").isEqualTo(3);
        assertThat(again.blobs()).isZero();
        assertThat(read(second)).isEqualTo(bytes);
        assertThat(here.repository.reference(second).orElseThrow().manifest())
                .isEqualTo(there.repository.reference(second).orElseThrow().manifest());
        assertThat(here.repository.scrubber().scrub(ByteCount.ofGib(1)).isClean())
                .isTrue();
    }

    @Test
    void aPullThatWasCutOffGoesOnWhereItWas() throws IOException {
        // Several packs, of which the last cannot be read by the peer.
        byte[] bytes = Stores.noise(300 * LEAF, 2);
        ReferenceName name = seal(bytes);
        Path last = packs().stream()
                .max((one, other) ->
                        Long.compare(one.toFile().lastModified(), other.toFile().lastModified()))
                .orElseThrow();
        byte[] kept = Files.readAllBytes(last);
        byte[] damaged = kept.clone();
        Arrays.fill(damaged, 2 * LEAF, 2 * LEAF + 10, (byte) 0);
        Files.write(last, damaged);

        assertFails(ErrorCode.HASH_MISMATCH, () -> pull(name));
        assertThat(here.repository.reference(name))
                .as("nothing half is visible")
                .isEmpty();
        int arrived = here.repository.blobs();
        Files.write(last, kept);
        Pulled rest = pull(name);

        assertThat(arrived).isPositive();
        assertThat(rest.blobs()).isEqualTo(300 + 5 + 1 - arrived);
        assertThat(read(name)).isEqualTo(bytes);
    }

    @Test
    void aPeerThatLacksSomethingIsSaidSo() throws IOException {
        ReferenceName name = seal(Stores.noise(3 * LEAF, 3));
        for (Path pack : packs()) {
            Files.delete(pack);
        }
        there.close();
        there = new StoreServer(directory.resolve("there"));

        assertFails(ErrorCode.MISSING_OBJECT, () -> pull(name));
        assertThat(here.repository.reference(name)).isEmpty();
    }

    @Test
    void aManifestThatIsNotTheExpectedOneIsRefused() {
        ReferenceName name = seal(Stores.noise(LEAF, 4));
        ManifestId other = new ManifestId(Sha256.of(new byte[] {1}));

        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> Pull.run(here.repository, peer(), name, Optional.of(other)));
        assertFails(
                ErrorCode.OBJECT_NOT_FOUND,
                () -> Pull.run(here.repository, peer(), ReferenceName.of(ImageId.random()), Optional.empty()));
    }

    @Test
    void anotherBundleOfThatNameIsNotReplaced() {
        ReferenceName name = seal(Stores.noise(LEAF, 5));
        here.repository.seal(name, Stores.image(Stores.zeros(ByteCount.ofMib(1))));

        assertFails(ErrorCode.WRONG_STATE, () -> pull(name));
    }

    /// Five nodes that claim to be 64 TiB: a billion places, all alike. And a root that does not fit its size.
    @Test
    void aHostileIndexCostsNoMoreThanItsNodesAndAWrongOneIsRefused() {
        Digest child = put(BlobKind.CHUNK, Stores.noise(LEAF, 6));
        for (int level = 1; level <= TreeShape.MAX_DEPTH; level++) {
            child = put(BlobKind.NODE, new Node(level, Collections.nCopies(64, child)).encode());
        }
        Content vast = new Content(new IndexId(child), TreeShape.MAX_SIZE);
        ReferenceName name = ReferenceName.of(ImageId.random());
        there.repository.seal(name, Stores.image(vast));

        assertThat(pull(name).blobs()).isEqualTo(6);

        // The walk of a node where its shape does not belong ends the pull, as the seal would.
        Content wrong = new Content(new IndexId(child), ByteCount.ofMib(1));
        assertFails(
                ErrorCode.MALFORMED_OBJECT,
                () -> there.repository.seal(ReferenceName.of(ImageId.random()), Stores.image(wrong)));
    }

    @Test
    void withoutACapabilityOfThePeerNothingIsGiven() {
        ReferenceName name = seal(Stores.noise(LEAF, 7));

        assertFails(
                ErrorCode.ACCESS_DENIED,
                () -> Pull.run(here.repository, new HttpPeer(there.uri(), "forged"), name, Optional.empty()));
        assertFails(
                ErrorCode.ACCESS_DENIED,
                () -> Pull.run(
                        here.repository, new HttpPeer(there.uri(), there.token(STORE_WRITE)), name, Optional.empty()));
    }

    @Test
    void anOperatorOrdersAPull() throws Exception {
        byte[] bytes = Stores.noise(2 * LEAF, 8);
        ReferenceName name = seal(bytes);
        String order = "{\"peer\":\"" + there.uri() + "\",\"token\":\"" + there.token(STORE_READ) + "\",\"bundle\":\""
                + name + "\"}";

        assertThat(order(order, here.token(STORE_READ)).statusCode()).isEqualTo(403);
        assertThat(order("{", here.token(STORE_ADMIN)).statusCode()).isEqualTo(400);
        HttpResponse<String> answer = order(order, here.token(STORE_ADMIN));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"blobs\":3");
        assertThat(read(name)).isEqualTo(bytes);
    }

    private HttpResponse<String> order(String body, String token) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(here.uri() + "/store/v1/pulls"))
                            .header("Authorization", "Bearer " + token)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private Pulled pull(ReferenceName name) {
        return Pull.run(here.repository, peer(), name, Optional.empty());
    }

    private HttpPeer peer() {
        return new HttpPeer(there.uri(), there.token(STORE_READ));
    }

    private ReferenceName seal(byte[] bytes) {
        ReferenceName name = ReferenceName.of(ImageId.random());
        there.repository.seal(name, Stores.image(Stores.put(there.repository, bytes)));
        return name;
    }

    private Digest put(BlobKind kind, byte[] plain) {
        Digest digest = Sha256.of(plain);
        try (PackBuilder builder = new PackBuilder()) {
            builder.add(kind, digest, plain, 0, plain.length);
            there.repository.exchange().put(builder.build());
        }
        return digest;
    }

    private byte[] read(ReferenceName name) {
        Content content = here.repository
                .manifest(here.repository.reference(name).orElseThrow().manifest())
                .parts()
                .getFirst()
                .content();
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(here.repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private List<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("there/packs"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
