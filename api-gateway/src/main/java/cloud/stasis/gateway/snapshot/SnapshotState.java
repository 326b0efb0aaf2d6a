package cloud.stasis.gateway.snapshot;

import cloud.stasis.model.SagaId;
import java.util.Locale;
import java.util.Optional;

/// Where a snapshot stands.
///
/// ```
///  Queued ---> Creating ---> Available <---> Reverting, Cloning
///              (failed:          |
///               the row goes)    v
///                             Deleting ---> (gone)         Failed: an operator has to look; it can be deleted
/// ```
public sealed interface SnapshotState {
    /// Waits until nothing else is captured of its server.
    record Queued() implements SnapshotState {}

    record Creating(SagaId saga) implements SnapshotState {}

    record Available() implements SnapshotState {}

    /// A server is being put back to it.
    record Reverting(SagaId saga) implements SnapshotState {}

    /// A new server is being made of it.
    record Cloning(SagaId saga) implements SnapshotState {}

    record Deleting(SagaId saga) implements SnapshotState {}

    record Failed() implements SnapshotState {}

    /// The one saga that may change it.
    default Optional<SagaId> worker() {
        return switch (this) {
            case Creating creating -> Optional.of(creating.saga());
            case Reverting reverting -> Optional.of(reverting.saga());
            case Cloning cloning -> Optional.of(cloning.saga());
            case Deleting deleting -> Optional.of(deleting.saga());
            case Queued ignored -> Optional.empty();
            case Available ignored -> Optional.empty();
            case Failed ignored -> Optional.empty();
        };
    }

    /// As it is stored and shown.
    default String status() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
