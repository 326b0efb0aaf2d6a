package cloud.stasis.chunks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;

/// Tells a full disk from a broken one: the first is a thing that users and operators can mend.
public final class DiskErrors {
    private DiskErrors() {}

    /// @param attempted what was tried, without paths: the tenant may read it
    public static StasisException of(String attempted, IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        if (reason.contains("No space left") || reason.contains("quota exceeded")) {
            return new StasisException(ErrorCode.NO_SPACE, attempted + ": no space left on the disk", cause);
        }
        if (reason.contains("Read-only file system")) {
            return new StasisException(ErrorCode.STORE_UNAVAILABLE, attempted + ": the disk is read-only", cause);
        }
        return new StasisException(ErrorCode.STORE_UNAVAILABLE, attempted + ": the disk refused", cause);
    }
}
