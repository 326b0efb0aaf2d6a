package cloud.stasis.gateway.outbox;

/// Rows were committed on this gateway.
public record OutboxFilled() {}
