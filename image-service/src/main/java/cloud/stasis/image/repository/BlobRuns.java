package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads many blobs with few reads. Whoever reads a disk from left to right asks for its leaves in the order in which
/// they were packed, so that neighbours in a question are neighbours in a pack: a *run*, and one read.
final class BlobRuns {
    /// One read of the store.
    private static final int MOST_BYTES = 1024 * 1024;

    private final StoreState state;

    BlobRuns(StoreState state) {
        this.state = state;
    }

    /// The stored bytes of these blobs, unverified, in this order.
    ///
    /// @throws StasisException `MISSING_OBJECT`
    List<StoredBlob> fetch(List<Digest> digests) {
        List<Optional<BlobDirectory.Found>> places =
                digests.stream().map(state.directory::find).toList();
        List<StoredBlob> blobs = new ArrayList<>(digests.size());
        while (blobs.size() < digests.size()) {
            int first = blobs.size();
            int end = end(places, first);
            blobs.addAll(read(digests.subList(first, end), places.subList(first, end)));
        }
        return blobs;
    }

    /// Where the run that begins at `first` ends.
    private static int end(List<Optional<BlobDirectory.Found>> places, int first) {
        int end = first + 1;
        long bytes =
                places.get(first).map(place -> place.entry().storedLength()).orElse(0);
        while (end < places.size() && follows(places.get(end - 1), places.get(end))) {
            bytes += places.get(end).orElseThrow().entry().storedLength();
            if (bytes > MOST_BYTES) {
                break;
            }
            end++;
        }
        return end;
    }

    private static boolean follows(Optional<BlobDirectory.Found> before, Optional<BlobDirectory.Found> next) {
        return before.isPresent()
                && next.isPresent()
                && before.get().pack().equals(next.get().pack())
                && before.get().entry().offset() + before.get().entry().storedLength()
                        == next.get().entry().offset();
    }

    private List<StoredBlob> read(List<Digest> digests, List<Optional<BlobDirectory.Found>> places) {
        if (places.size() > 1) {
            try {
                return read(places.stream().map(Optional::orElseThrow).toList());
            } catch (StasisException e) {
                if (e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                    throw e;
                }
                // The pack was rewritten under our hands: each is looked for anew.
            }
        }
        return digests.stream().map(state::fetch).toList();
    }

    private List<StoredBlob> read(List<BlobDirectory.Found> run) {
        int begin = run.getFirst().entry().offset();
        PackEntry last = run.getLast().entry();
        byte[] bytes = new byte[last.offset() + last.storedLength() - begin];
        state.store.read(run.getFirst().pack(), begin, ByteBuffer.wrap(bytes));
        return run.stream()
                .map(BlobDirectory.Found::entry)
                .map(entry -> new StoredBlob(
                        entry.encoding(), entry.plainLength(), bytes, entry.offset() - begin, entry.storedLength()))
                .toList();
    }
}
