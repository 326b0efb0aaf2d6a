package cloud.stasis.gateway.identity.store;

/// Fired by every change of an identity table, within its transaction.
public record IdentityChanged() {}
