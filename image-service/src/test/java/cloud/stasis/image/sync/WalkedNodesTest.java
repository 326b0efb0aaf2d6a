package cloud.stasis.image.sync;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalkedNodesTest {
    private static final int NODES = 12;

    @TempDir
    Path directory;

    @Test
    void whatWasNotMetForLongestIsForgotten() {
        WalkedNodes nodes = new WalkedNodes();
        for (int at = 0; at < WalkedNodes.MOST; at++) {
            nodes.add(digest(at));
        }
        assertThat(nodes.add(digest(0))).as("it is met again").isFalse();

        for (int at = 0; at < 1000; at++) {
            assertThat(nodes.add(digest(WalkedNodes.MOST + at))).isTrue();
        }

        assertThat(nodes.count()).isEqualTo(WalkedNodes.MOST);
        assertThat(nodes.contains(digest(0))).isTrue();
        assertThat(nodes.contains(digest(1))).isFalse();
        assertThat(nodes.contains(digest(1000))).isFalse();
        assertThat(nodes.contains(digest(1001))).isTrue();
    }

    /// A disk that has the same twelve nodes twice, and room for less than those, for as many, and for more.
    @ParameterizedTest
    @CsvSource({"1, 1", "4, 4", "12, 12", "100, 12"})
    void aCopyThatForgetsBringsAndTellsTheSame(int most, int remembered) {
        try (Repository from = Stores.open(directory.resolve("from"));
                Repository to = Stores.open(directory.resolve("to"))) {
            Content disk = twice(from);
            ReferenceName name = ReferenceName.of(ImageId.random());
            ManifestId manifest = from.seal(name, Stores.image(disk));
            WalkedNodes walked = new WalkedNodes(most);
            Heard heard = new Heard();
            LocalSite here = new LocalSite(from);

            new Copy(name, here, new LocalSite(to), here, heard, walked).run(manifest, Pace.of(ByteCount.ZERO));

            assertThat(walked.count()).isEqualTo(remembered);
            assertThat(to.isWhole(manifest)).isTrue();
            assertThat(new ContentReader(to.exchange()).leaves(disk, 0, 2 * NODES * TreeShape.FAN_OUT))
                    .isEqualTo(new ContentReader(from.exchange()).leaves(disk, 0, 2 * NODES * TreeShape.FAN_OUT));
            assertThat(heard.settled.get()).isEqualTo(disk.size().bytes());
            assertThat(heard.blobs.get())
                    .as("eight chunks, twelve nodes and the root, each once")
                    .isEqualTo(8 + NODES + 1);
        }
    }

    private static final class Heard implements CopyWatch {
        private final AtomicLong settled = new AtomicLong();
        private final AtomicLong blobs = new AtomicLong();

        @Override
        public void settled(ByteCount bytes) {
            settled.addAndGet(bytes.bytes());
        }

        @Override
        public void travelled(long count, ByteCount bytes) {
            blobs.addAndGet(count);
        }

        @Override
        public void checkCancelled() {}
    }

    /// Each node begins with another number of one chunk.
    private static Content twice(Repository repository) {
        List<Digest> chunks = new ArrayList<>();
        for (int seed = 0; seed < 8; seed++) {
            Content chunk = Stores.put(repository, Stores.noise(TreeShape.LEAF_BYTES, seed));
            chunks.addAll(new ContentReader(repository.exchange()).leaves(chunk, 0, 1));
        }
        try (ContentWriter writer = new ContentWriter(repository.ownExchange(), TransferThreads.forThisMachine())) {
            for (int node = 0; node < 2 * NODES; node++) {
                for (int leaf = 0; leaf < TreeShape.FAN_OUT; leaf++) {
                    writer.appendKnown(chunks.get(leaf <= node % NODES ? 0 : 1 + leaf % (chunks.size() - 1)));
                }
            }
            return writer.finish();
        }
    }

    private static Digest digest(long number) {
        return new Digest(number, 2, 3, 4);
    }
}
