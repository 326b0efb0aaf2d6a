package cloud.stasis.gateway.compute;

/// The compute API's `status`: what an instance is and what is done with it, in one word.
public enum ServerStatus {
    ACTIVE,
    BUILD,
    DELETED,
    ERROR,
    HARD_REBOOT,
    PAUSED,
    REBOOT,
    REBUILD,
    RESCUE,
    RESIZE,
    REVERT_RESIZE,
    SHELVED_OFFLOADED,
    SHUTOFF,
    SUSPENDED,
    VERIFY_RESIZE
}
