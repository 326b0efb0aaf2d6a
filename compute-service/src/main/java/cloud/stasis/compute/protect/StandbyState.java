package cloud.stasis.compute.protect;

/// What a standby tells its source.
///
/// @param epoch the last one that is durable there; 0 if none
/// @param receiving the one that is on its way; 0 if none
/// @param received how much of that is there
/// @param verifying whether all of that is there, and is being made part of the standby: nothing is taken meanwhile
/// @param taken whether the standby has taken over: the source must not run any more
public record StandbyState(long epoch, long receiving, long received, boolean verifying, boolean taken) {
    static final StandbyState NOTHING = new StandbyState(0, 0, 0, false, false);
}
