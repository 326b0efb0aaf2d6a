package cloud.stasis.image.sync;

import cloud.stasis.model.ByteCount;

/// Who asked for copies hears how far they are, and may end them. Called from several threads.
interface CopyWatch {
    CopyWatch NONE = new CopyWatch() {
        @Override
        public void settled(ByteCount bytes) {}

        @Override
        public void travelled(long blobs, ByteCount bytes) {}

        @Override
        public void checkCancelled() {}
    };

    /// So many more bytes of content, as a guest sees them, are known to be on the other side.
    void settled(ByteCount bytes);

    /// So many blobs have travelled.
    void travelled(long blobs, ByteCount bytes);

    /// @throws cloud.stasis.model.StasisException `CANCELLED`
    void checkCancelled();
}
