package cloud.stasis.messages;

import java.net.URI;

/// Where an agent moves chunks to and from, and the short-lived signed capability (see
/// `cloud.stasis.chunks.Capability`) that lets it. The token is a secret: it never shows in `toString`, and so
/// in no log.
public record StoreGrant(URI store, String token) {
    @Override
    public String toString() {
        return "StoreGrant[" + store + "]";
    }
}
