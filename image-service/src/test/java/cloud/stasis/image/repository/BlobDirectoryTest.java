package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Encoding;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlobDirectoryTest {
    @Test
    void whatWasUsedLaterStaysSoWhoeverComesLast() {
        BlobDirectory directory = new BlobDirectory(DirectoryRoom.ofHeap());
        Digest blob = new Digest(1, 2, 3, 4);
        ObjectName pack = ObjectName.newPack(new Digest(5, 6, 7, 8));
        PackEntry entry = new PackEntry(BlobKind.CHUNK, Encoding.PLAIN, blob, 65_536, 65_536, 8);
        directory.add(pack, ByteCount.ofBytes(70_000), List.of(entry), Duration.ofMillis(1));

        directory.missing(List.of(blob), Duration.ofMillis(105));
        // This one looked at the clock before, and was kept waiting.
        directory.missing(List.of(blob), Duration.ofMillis(100));

        assertThat(directory.usedSince(Set.of(pack), Duration.ofMillis(104))).containsExactly(pack);
    }
}
