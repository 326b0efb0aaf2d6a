package cloud.stasis.image.repository;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import java.util.Optional;

/// Where one note of the upkeep hangs: that of the removal, or that of the scrub.
final class UpkeepBoard {
    private final BlobStore store;
    private final NoteName name;

    UpkeepBoard(BlobStore store, String name) {
        this.store = store;
        this.name = new NoteName(NoteName.Folder.UPKEEP, name);
    }

    /// What was read, to be replaced by whoever saw it last.
    record Posted(Optional<byte[]> bytes, UpkeepNote note) {}

    NoteName name() {
        return name;
    }

    UpkeepNote read() {
        return look().note();
    }

    Posted look() {
        Optional<byte[]> bytes = store.note(name);
        return new Posted(bytes, bytes.map(UpkeepNote::decode).orElse(UpkeepNote.NONE));
    }

    /// @throws cloud.stasis.model.StasisException `STALE_GENERATION`
    Posted replace(Posted seen, UpkeepNote next) {
        byte[] bytes = next.encode();
        store.setNote(name, seen.bytes, bytes);
        return new Posted(Optional.of(bytes), next);
    }
}
