package cloud.stasis.gateway.policy;

import cloud.stasis.gateway.snapshot.Snapshot.Asked;

/// What a policy makes of what it takes.
public sealed interface Product {
    /// A snapshot of a whole server: a bundle in the store.
    record ServerSnapshot(Asked asked) implements Product {}

    /// A snapshot on the backend of the volume: made at once, and lost with the backend.
    record VolumeSnapshot() implements Product {}

    /// A backup of a volume: a bundle in the store, which costs what no other bundle has.
    record VolumeBackup() implements Product {}
}
