package cloud.stasis.disks;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The NBD server refused, broke the protocol, or was not there in time.
public final class NbdException extends IOException {
    private static final long serialVersionUID = 1L;

    NbdException(String message) {
        super(message);
    }

    NbdException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
