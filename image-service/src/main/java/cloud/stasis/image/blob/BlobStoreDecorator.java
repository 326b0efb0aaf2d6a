package cloud.stasis.image.blob;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// What is put around a backend: passes on what a subclass does not change.
abstract class BlobStoreDecorator implements BlobStore {
    protected final BlobStore store;

    BlobStoreDecorator(BlobStore store) {
        this.store = store;
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        store.put(name, bytes);
    }

    @Override
    public boolean exists(ObjectName name) {
        return store.exists(name);
    }

    @Override
    public List<ObjectName> find(ObjectName.Kind kind, Digest digest) {
        return store.find(kind, digest);
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
        store.quarantine(name);
    }

    @Override
    public void delete(ObjectName name) {
        store.delete(name);
    }

    @Override
    public Optional<byte[]> note(NoteName name) {
        return store.note(name);
    }

    @Override
    public void setNote(NoteName name, Optional<byte[]> expected, byte[] next) {
        store.setNote(name, expected, next);
    }

    @Override
    public void dropNote(NoteName name) {
        store.dropNote(name);
    }

    @Override
    public void dropNote(NoteName name, byte[] expected) {
        store.dropNote(name, expected);
    }

    @Override
    public List<NoteName> notes(NoteName.Folder folder) {
        return store.notes(folder);
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
}
