package cloud.stasis.image.blob.local;

/// The lines between which a process may die while it writes, removes or moves a file. Tests stop it at each.
enum WritePoint {
    CREATED,
    WRITTEN,
    SYNCED,
    RENAMED,
    DURABLE,
    REMOVING,
    REMOVED,
    MOVING,
    MOVED
}
