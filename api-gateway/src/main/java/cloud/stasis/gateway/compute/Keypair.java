package cloud.stasis.gateway.compute;

import cloud.stasis.model.UserId;
import java.time.Instant;

/// A public key that a user keeps here by name.
public record Keypair(UserId user, String name, String type, String publicKey, String fingerprint, Instant createdAt) {}
