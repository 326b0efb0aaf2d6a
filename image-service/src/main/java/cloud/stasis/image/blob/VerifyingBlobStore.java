package cloud.stasis.image.blob;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// Checks that whole objects are those that their names name, on the way in and on the way out: a manifest by
/// the hash of its bytes, a pack by its directory. What the directory names is checked where it is read: blob
/// by blob.
public final class VerifyingBlobStore extends BlobStoreDecorator {
    public VerifyingBlobStore(BlobStore store) {
        super(store);
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        require(name, bytes);
        store.put(name, bytes);
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        byte[] bytes = store.get(name, limit);
        require(name, bytes);
        return bytes;
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
