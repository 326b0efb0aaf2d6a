package cloud.stasis.gateway.identity;

import java.time.Instant;

/// Tokens that were revoked one by one. Every method joins the caller's transaction or is one by itself.
public interface Revocations {
    /// No effect if it is revoked already.
    ///
    /// @param expiresAt from then on nobody needs to know
    void revoke(String auditId, Instant expiresAt);

    boolean isRevoked(String auditId);

    /// Forgets those that have expired before `now`.
    void forget(Instant now);
}
