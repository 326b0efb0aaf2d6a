package cloud.stasis.image.blob;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Optional;

/// A store that is only looked at. Whatever would change it is refused with `ACCESS_DENIED`; what is damaged is
/// left where it is.
public final class ReadOnlyBlobStore extends BlobStoreDecorator {
    public ReadOnlyBlobStore(BlobStore store) {
        super(store);
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        throw refused();
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
    public void setNote(NoteName name, Optional<byte[]> expected, byte[] next) {
        throw refused();
    }

    @Override
    public void dropNote(NoteName name) {
        throw refused();
    }

    @Override
    public void dropNote(NoteName name, byte[] expected) {
        throw refused();
    }

    @Override
    public void probe() {
        throw refused();
    }

    private static StasisException refused() {
        return new StasisException(ErrorCode.ACCESS_DENIED, "the store was opened to be looked at, not to be changed");
    }
}
