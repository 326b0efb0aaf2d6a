package cloud.stasis.messages;

/// Anything that travels on the bus.
public sealed interface Message permits Command, Fact, Heartbeat {}
