package cloud.stasis.image.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.http.StoreServer;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.ImageCommand.CopyDirection;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A site that may push and not pull, and that would like to know what the other one has.
class ProbeIT {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    /// Of a tenant of the other site. Some guesses at it are right.
    private static final byte[] SECRET = Stores.noise(3 * LEAF, 1);

    private static final byte[] LEAF_OF_SECRET = Arrays.copyOf(SECRET, LEAF);
    private static final byte[] WRONG = Stores.noise(LEAF, 2);

    @TempDir
    Path directory;

    private StoreServer here;
    private StoreServer there;
    private Content secret = Stores.zeros(ByteCount.ZERO);
    private ReferenceName victim = name();

    @BeforeEach
    void open() {
        here = new StoreServer(directory.resolve("here"));
        there = new StoreServer(directory.resolve("there"));
        introduce();
        secret = Stores.put(there.repository, SECRET);
        there.repository.seal(victim, of("victims", secret));
    }

    private void introduce() {
        here.knows("there", there.uri(), there.site.text(), "");
        // Its project is called p.
        there.knows("here", here.uri(), here.site.text(), "push");
    }

    @AfterEach
    void close() {
        there.close();
        here.close();
    }

    @Test
    void aRightGuessIsAnsweredLikeAWrongOne() {
        BlobExchange probe = here.peers.open("there").writing(name());
        Digest right = Sha256.of(LEAF_OF_SECRET);
        Digest wrong = Sha256.of(WRONG);

        assertThat(probe.missing(List.of(right, wrong, secret.index().digest())).cardinality())
                .isEqualTo(3);

        probe.put(pack(LEAF_OF_SECRET));
        probe.put(pack(WRONG));
        assertThat(probe.missing(List.of(right, wrong)).cardinality())
                .as("what it has put itself")
                .isZero();
        assertThat(here.peers
                        .open("there")
                        .writing(name())
                        .missing(List.of(right))
                        .cardinality())
                .as("and for another bundle of its own not")
                .isOne();
        assertThat(here.peers.open("there").reference(victim)).isEmpty();
        assertFails(
                ErrorCode.ACCESS_DENIED,
                () -> here.peers.open("there").reading().fetch(List.of(right)));
    }

    /// Else who knows the hash of a chunk would have its bytes, in a bundle of his own.
    @Test
    void anIndexOverChunksOfOthersIsRefusedAsIfTheyWereNotThere() {
        assertFails(ErrorCode.MISSING_OBJECT, () -> sealed(Sha256.of(WRONG)));
        assertFails(ErrorCode.MISSING_OBJECT, () -> sealed(Sha256.of(LEAF_OF_SECRET)));
        assertFails(ErrorCode.MISSING_OBJECT, () -> seal(name(), secret));
        assertFails(
                ErrorCode.MISSING_OBJECT,
                () -> here.peers.open("there").writing(name()).hold(secret));
    }

    /// The bytes of a node may be uploaded as those of a chunk, which names nothing, and be named as a node later.
    @Test
    void aNodeThatCameAsAChunkOpensNothing() {
        Node node = new Node(1, List.of(Sha256.of(LEAF_OF_SECRET), Sha256.of(LEAF_OF_SECRET)));
        byte[] disguised = node.encode();
        ReferenceName name = name();
        BlobExchange writer = here.peers.open("there").writing(name);
        writer.put(pack(disguised));
        Node above = new Node(1, List.of(Sha256.of(disguised)));
        writer.put(nodes(above));
        seal(name, new Content(new IndexId(Sha256.of(above.encode())), ByteCount.ofBytes(disguised.length)));

        assertFails(
                ErrorCode.MISSING_OBJECT,
                () -> seal(name(), new Content(new IndexId(Sha256.of(disguised)), ByteCount.ofBytes(2L * LEAF))));
    }

    @Test
    void whatItPushesIsWholeAndAnIncrementStaysOne() {
        byte[] bytes = Stores.noise(300 * LEAF, 3);
        System.arraycopy(SECRET, 0, bytes, 5 * LEAF, SECRET.length);
        ReferenceName first = sealHere(bytes);

        CommandResult.Copied whole = push(first);
        bytes[50 * LEAF]++;
        ReferenceName second = sealHere(bytes);
        CommandResult.Copied increment = push(second);

        assertThat(whole.blobs()).as("also what is there already").isEqualTo(300 + 5 + 1);
        assertThat(increment.blobs()).isEqualTo(3);
        assertThat(read(second)).isEqualTo(bytes);
        there.close();
        there = new StoreServer(directory.resolve("there"));
        introduce();
        bytes[90 * LEAF]++;
        ReferenceName third = sealHere(bytes);
        push(third);
        assertThat(read(third)).isEqualTo(bytes);
        assertThat(there.repository.scrubber().scrub(ByteCount.ofGib(64)).isClean())
                .isTrue();
    }

    /// What a project of the site has, it may build on, whoever brought it.
    @Test
    void whatItsProjectHasIsThere() {
        Content known = Stores.put(there.repository, WRONG);
        ReferenceName name = name();
        there.repository.seal(name, of("p", known));

        assertThat(here.peers
                        .open("there")
                        .writing(name())
                        .missing(List.of(Sha256.of(WRONG)))
                        .cardinality())
                .isZero();
        assertThat(here.peers.open("there").reference(name)).isPresent();
        seal(name(), known);
    }

    /// A bundle of one chunk.
    private void sealed(Digest chunk) {
        ReferenceName name = name();
        Node node = new Node(1, List.of(chunk));
        here.peers.open("there").writing(name).put(nodes(node));
        seal(name, new Content(new IndexId(Sha256.of(node.encode())), ByteCount.ofBytes(LEAF)));
    }

    private void seal(ReferenceName name, Content content) {
        here.peers.open("there").seal(name, ManifestCodec.encode(Stores.image(content)));
    }

    private static Manifest of(String project, Content content) {
        Manifest image = Stores.image(content);
        return new Manifest(
                image.version(),
                image.kind(),
                image.instance(),
                image.takenAt(),
                image.parent(),
                image.parts(),
                image.receipt(),
                Map.of("project", project));
    }

    private ReferenceName sealHere(byte[] bytes) {
        ReferenceName name = name();
        here.repository.seal(name, of("at-home", Stores.put(here.repository, bytes)));
        return name;
    }

    private CommandResult.Copied push(ReferenceName name) {
        return new Copies(here.repository, here.peers, here::found)
                .run(
                        new ImageCommand.CopyBundles(
                                CopyDirection.PUSH, "there", BundleChoice.of(name), ByteCount.ZERO, Optional.empty()),
                        new Quiet());
    }

    private byte[] read(ReferenceName name) {
        ManifestId id = there.repository.reference(name).orElseThrow().manifest();
        Content content = there.repository.manifest(id).parts().getFirst().content();
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(there.repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static Pack pack(byte[] chunk) {
        try (PackBuilder builder = new PackBuilder()) {
            builder.add(BlobKind.CHUNK, Sha256.of(chunk), chunk, 0, chunk.length);
            return builder.build();
        }
    }

    private static Pack nodes(Node node) {
        byte[] bytes = node.encode();
        try (PackBuilder builder = new PackBuilder()) {
            builder.add(BlobKind.NODE, Sha256.of(bytes), bytes, 0, bytes.length);
            return builder.build();
        }
    }

    private static ReferenceName name() {
        return ReferenceName.of(ImageId.random());
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static final class Quiet implements CommandContext {
        @Override
        public CommandId id() {
            return new CommandId(new UUID(1, 2));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
