package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobRunsTest {
    private static final int LEAVES = BlobExchange.MAX_FETCH;
    private static final int LEAF = 65_536;

    @TempDir
    Path directory;

    private final AtomicInteger reads = new AtomicInteger();

    /// How many of the next reads find that the pack is gone.
    private final AtomicInteger gone = new AtomicInteger();

    private Repository repository;
    private byte[] bytes;
    private List<Digest> leaves;

    @BeforeEach
    void storeSomething() {
        repository = Repository.open(
                Stores.around(LocalBlobStore.open(directory), (name, work) -> {
                    if (name.equals("read")) {
                        reads.incrementAndGet();
                        if (gone.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "it was rewritten in this moment");
                        }
                    }
                    return work.call();
                }),
                Clock.systemUTC());
        bytes = Stores.noise(LEAVES * LEAF, 3);
        Content content = Stores.put(repository, bytes);
        leaves = new ContentReader(repository.exchange()).leaves(content, 0, LEAVES);
        reads.set(0);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void neighboursAreReadTogether() {
        assertThat(fetch(leaves)).isEqualTo(bytes);
        // A MiB each; where one pack ended and the next began is one more.
        assertThat(reads.get()).isBetween(LEAVES / 16, LEAVES / 16 + 1);
    }

    @Test
    void anyOrderWillDo() {
        List<Digest> backwards = leaves.reversed();

        byte[] read = fetch(backwards);

        for (int leaf = 0; leaf < LEAVES; leaf++) {
            int from = (LEAVES - 1 - leaf) * LEAF;
            assertThat(Arrays.mismatch(bytes, leaf * LEAF, (leaf + 1) * LEAF, read, from, from + LEAF))
                    .as("leaf %s", leaf)
                    .isNegative();
        }
        assertThat(reads.get()).isEqualTo(LEAVES);
    }

    @Test
    void aRunWhosePackIsGoneIsLookedForBlobByBlob() {
        gone.set(1);

        assertThat(fetch(leaves)).isEqualTo(bytes);
        assertThat(reads.get()).isGreaterThan(LEAVES / 16 + 1);
    }

    @Test
    void whatIsMissingIsNamed() {
        List<Digest> asked = new ArrayList<>(leaves);
        Digest missing = new Digest(1, 2, 3, 4);
        asked.set(7, missing);

        assertThatThrownBy(() -> fetch(asked))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MISSING_OBJECT))
                .hasMessageContaining(missing.toString());
    }

    private byte[] fetch(List<Digest> digests) {
        List<StoredBlob> blobs = repository.exchange().fetch(digests);
        byte[] plain = new byte[digests.size() * LEAF];
        for (int at = 0; at < digests.size(); at++) {
            blobs.get(at).decode(digests.get(at), plain, at * LEAF);
        }
        return plain;
    }
}
