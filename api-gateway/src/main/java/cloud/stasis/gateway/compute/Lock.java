package cloud.stasis.gateway.compute;

import java.util.Optional;

/// Keeps a server as it is until it is unlocked. Administrators are not held by it.
///
/// @param by an administrator's lock is taken off by an administrator only
/// @param reason for others to read, at most 255 characters
public record Lock(By by, Optional<String> reason) {
    /// The names are stored: a released one never changes.
    public enum By {
        OWNER,
        ADMIN
    }
}
