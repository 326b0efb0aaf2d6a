package cloud.stasis.compute.protect;

/// What a standby tells its source.
///
/// @param epoch the last one that is durable there; 0 if none
/// @param receiving the one that is on its way; 0 if none
/// @param received how much of that is there
/// @param taken whether the standby has taken over: the source must not run any more
public record StandbyState(long epoch, long receiving, long received, boolean taken) {}
