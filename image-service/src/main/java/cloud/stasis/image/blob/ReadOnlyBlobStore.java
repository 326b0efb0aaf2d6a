package cloud.stasis.image.blob;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A store that is only looked at. Whatever would change it is refused with `ACCESS_DENIED`; what is damaged is
/// left where it is.
public final class ReadOnlyBlobStore implements BlobStore {
    private final BlobStore store;

    public ReadOnlyBlobStore(BlobStore store) {
        this.store = store;
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        throw refused();
    }

    @Override
    public boolean exists(ObjectName name) {
        return store.exists(name);
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        return store.get(name, limit);
    }

    @Override
    public void read(ObjectName name, long offset, ByteBuffer into) {
        store.read(name, offset, into);
    }

    @Override
    public void list(ObjectName.Kind kind, BiConsumer<ObjectName, ByteCount> consumer) {
        store.list(kind, consumer);
    }

    @Override
    public void quarantine(ObjectName name) {
        // Left where it is.
    }

    @Override
    public void delete(ObjectName name) {
        throw refused();
    }

    @Override
    public Optional<Reference> reference(ReferenceName name) {
        return store.reference(name);
    }

    @Override
    public void setReference(Optional<Generation> expected, Reference next) {
        throw refused();
    }

    @Override
    public void dropReference(ReferenceName name) {
        throw refused();
    }

    @Override
    public List<ReferenceName> references(ReferenceName.Kind kind) {
        return store.references(kind);
    }

    @Override
    public ByteCount free() {
        return store.free();
    }

    @Override
    public void probe() {
        throw refused();
    }

    @Override
    public void close() {
        store.close();
    }

    private static StasisException refused() {
        return new StasisException(ErrorCode.ACCESS_DENIED, "the store was opened to be looked at, not to be changed");
    }
}
