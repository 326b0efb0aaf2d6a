package cloud.stasis.image.blob;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Checks that whole objects are those that their names name, on the way in and on the way out: a manifest by
/// the hash of its bytes, a pack by its directory. What the directory names is checked where it is read: blob
/// by blob.
public final class VerifyingBlobStore implements BlobStore {
    private final BlobStore store;

    public VerifyingBlobStore(BlobStore store) {
        this.store = store;
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        require(name, bytes);
        store.put(name, bytes);
    }

    @Override
    public boolean exists(ObjectName name) {
        return store.exists(name);
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        byte[] bytes = store.get(name, limit);
        require(name, bytes);
        return bytes;
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
        store.quarantine(name);
    }

    @Override
    public void delete(ObjectName name) {
        store.delete(name);
    }

    @Override
    public Optional<Reference> reference(ReferenceName name) {
        return store.reference(name);
    }

    @Override
    public void setReference(Optional<Generation> expected, Reference next) {
        store.setReference(expected, next);
    }

    @Override
    public void dropReference(ReferenceName name) {
        store.dropReference(name);
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
        store.probe();
    }

    @Override
    public void close() {
        store.close();
    }

    private static void require(ObjectName name, byte[] bytes) {
        switch (name.kind()) {
            case PACK -> new Pack(name.digest(), bytes).entries();
            case MANIFEST -> {
                if (!Sha256.of(bytes).equals(name.digest())) {
                    throw new StasisException(
                            ErrorCode.HASH_MISMATCH, "the bytes of " + name + " are not those it names");
                }
            }
        }
    }
}
