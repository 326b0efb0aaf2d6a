package cloud.stasis.image.blob;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/// The references of a store.
public final class References {
    private static final Logger LOG = Logger.getLogger(References.class);

    private final BlobStore store;

    public References(BlobStore store) {
        this.store = store;
    }

    /// What was found under a name, to be replaced by whoever saw it last. Something damaged counts as nothing.
    ///
    /// @param bytes as they lie in the store
    public record Seen(ReferenceName name, Optional<byte[]> bytes, Optional<Slot> slot) {}

    /// The bundle that can be seen under a name.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if what lies under that name is damaged
    public Optional<Reference> visible(ReferenceName name) {
        return slot(name).flatMap(Slot::reference);
    }

    /// @throws StasisException `MALFORMED_OBJECT` if what lies under that name is damaged
    public Optional<Slot> slot(ReferenceName name) {
        return store.note(NoteName.of(name)).map(bytes -> Slot.decode(name, bytes));
    }

    public Seen look(ReferenceName name) {
        Optional<byte[]> bytes = store.note(NoteName.of(name));
        try {
            return new Seen(name, bytes, bytes.map(some -> Slot.decode(name, some)));
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
            LOG.errorf("A damaged reference counts as none reference=%s", name);
            return new Seen(name, bytes, Optional.empty());
        }
    }

    /// Replaces what was seen; durable when it returns.
    ///
    /// @return what is there now
    /// @throws StasisException `STALE_GENERATION` if somebody else changed it in between
    public Seen set(Seen seen, Slot next) {
        byte[] bytes = next.encode();
        store.setNote(NoteName.of(seen.name), seen.bytes, bytes);
        return new Seen(seen.name, Optional.of(bytes), Optional.of(next));
    }

    /// Removes what was seen, durably. Does nothing if that was nothing.
    ///
    /// @throws StasisException `STALE_GENERATION` if somebody else changed it in between
    public void drop(Seen seen) {
        seen.bytes.ifPresent(bytes -> store.dropNote(NoteName.of(seen.name), bytes));
    }

    /// All names, also of bundles that are only pending.
    public List<ReferenceName> names(ReferenceName.Kind kind) {
        return store.notes(NoteName.Folder.of(kind)).stream()
                .map(note -> new ReferenceName(kind, id(note)))
                .toList();
    }

    private static UUID id(NoteName note) {
        try {
            return UUID.fromString(note.name());
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the store has a reference without an id", e);
        }
    }
}
