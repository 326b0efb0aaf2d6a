package cloud.stasis.image.upload;

import cloud.stasis.model.ByteCount;
import java.net.URI;
import java.util.Optional;

/// Files at other places.
public interface WebSource {
    /// Begins to fetch one.
    ///
    /// @throws cloud.stasis.model.StasisException `ACCESS_DENIED` if it lies where nothing is fetched from;
    /// `INVALID_REQUEST` if it is not to be had
    Download open(URI source);

    /// One that comes. To be closed, also before its end.
    interface Download extends Incoming, AutoCloseable {
        /// How large it is, if the other side says so.
        Optional<ByteCount> size();

        @Override
        void close();
    }
}
