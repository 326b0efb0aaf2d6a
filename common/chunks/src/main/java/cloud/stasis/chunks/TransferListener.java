package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.StasisException;

/// Hears how a transfer goes on and may end it. Called on the thread that asked for the transfer, several times
/// a second.
public interface TransferListener {
    /// Does nothing and never cancels.
    TransferListener NONE = new TransferListener() {
        @Override
        public void progressed(ByteCount done, ByteCount total) {}

        @Override
        public void checkCancelled() {}
    };

    /// @param done of the bytes that have to be looked at
    /// @param total of the bytes that have to be looked at: for an upload the changed ones, rounded out to
    /// leaves
    void progressed(ByteCount done, ByteCount total);

    /// @throws StasisException to end the transfer; it is thrown on by the transfer, which leaves nothing
    /// visible
    void checkCancelled();

    /// A download has written a run of verified bytes into its file; they can be read there. Called on the
    /// threads of the transfer, in any order. Zeros are not told, since they are not written.
    default void written(Extent run) {}
}
