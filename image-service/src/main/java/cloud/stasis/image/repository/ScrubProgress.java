package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.Fields;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/// How far the scrub is, kept in the store: so that it goes on where it was, whoever dies or is started anew, and is
/// due when everybody agrees that it is. Changed only by who holds the scrub.
final class ScrubProgress {
    private static final Logger LOG = Logger.getLogger(ScrubProgress.class);

    /// @param completed when the last one ended that read everything
    /// @param cursor all packs up to this one were read by the one that is under way
    record Said(Optional<Instant> completed, Optional<Digest> cursor) {
        static final Said NOTHING = new Said(Optional.empty(), Optional.empty());

        /// A clock that was set back makes it due, too.
        boolean isDue(Instant now, Duration interval) {
            return completed.isEmpty()
                    || completed.get().isAfter(now)
                    || !completed.get().plus(interval).isAfter(now);
        }

        byte[] encode() {
            Map<String, Object> fields = new HashMap<>();
            completed.ifPresent(at -> fields.put("completed", Fields.text(at)));
            cursor.ifPresent(at -> fields.put("cursor", at.toString()));
            return CanonicalJson.write(fields);
        }

        static Said decode(byte[] bytes) {
            Fields fields = new Fields("note of the scrub", CanonicalJson.parse(bytes));
            return new Said(
                    fields.optional("completed").map(_ -> fields.instant("completed")),
                    fields.optional("cursor").map(Digest::parse));
        }
    }

    private final BlobStore store;
    private final NoteName name = new NoteName(NoteName.Folder.UPKEEP, "scrub-progress");

    ScrubProgress(BlobStore store) {
        this.store = store;
    }

    /// A damaged note counts as none: then the scrub begins anew.
    Said read() {
        return store.note(name).map(ScrubProgress::decode).orElse(Said.NOTHING);
    }

    private static Said decode(byte[] bytes) {
        try {
            return Said.decode(bytes);
        } catch (StasisException e) {
            LOG.errorf("The note of how far the scrub is is damaged, and it begins anew code=%s", e.code());
            return Said.NOTHING;
        }
    }

    /// @throws StasisException `STALE_GENERATION` if another replica took over
    void write(UpkeepLease.Held held, Said next) {
        Optional<byte[]> before = store.note(name);
        held.beat();
        store.setNote(name, before, next.encode());
    }
}
