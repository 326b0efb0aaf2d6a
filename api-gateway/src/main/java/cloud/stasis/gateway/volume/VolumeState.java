package cloud.stasis.gateway.volume;

import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import java.time.Instant;
import java.util.Optional;

/// Where a volume stands.
///
/// ```
///  Creating ---> Available <---> Attaching ---> InUse
///      |    \                                    ^  |
///      |     +---- made for a server ------------+  |  server deleted
///      v                                            v
///    Failed      Available ---> Deleting <--- (or Available, if it is to be kept)
///                    ^--> Extending, Reverting, Marked
/// ```
public sealed interface VolumeState {
    /// @param reserved what it is made for, if for a server
    record Creating(SagaId saga, Optional<Attachment> reserved) implements VolumeState {}

    record Available() implements VolumeState {}

    record Attaching(SagaId saga, Attachment attachment) implements VolumeState {}

    record InUse(Attachment attachment) implements VolumeState {}

    record Deleting(SagaId saga) implements VolumeState {}

    record Failed() implements VolumeState {}

    /// It becomes larger.
    record Extending(SagaId saga) implements VolumeState {}

    /// It goes back to a snapshot.
    record Reverting(SagaId saga) implements VolumeState {}

    /// What somebody says of it, with no work behind it: that it is reserved (`attaching`), or an operator's word.
    record Marked(String word) implements VolumeState {}

    /// Which server has it, as which disk.
    record Attachment(InstanceId instance, DeviceName device, OnTermination onTermination, Instant at) {}

    /// What happens to it when its server is deleted.
    enum OnTermination {
        KEEP,
        DELETE
    }

    /// The one saga that may change it.
    default Optional<SagaId> worker() {
        return switch (this) {
            case Creating creating -> Optional.of(creating.saga());
            case Attaching attaching -> Optional.of(attaching.saga());
            case Deleting deleting -> Optional.of(deleting.saga());
            case Extending extending -> Optional.of(extending.saga());
            case Reverting reverting -> Optional.of(reverting.saga());
            case Marked ignored -> Optional.empty();
            case Available ignored -> Optional.empty();
            case InUse ignored -> Optional.empty();
            case Failed ignored -> Optional.empty();
        };
    }

    /// Which server has it, or is about to.
    default Optional<Attachment> attached() {
        return switch (this) {
            case Creating creating -> creating.reserved();
            case Attaching attaching -> Optional.of(attaching.attachment());
            case InUse inUse -> Optional.of(inUse.attachment());
            case Available ignored -> Optional.empty();
            case Deleting ignored -> Optional.empty();
            case Failed ignored -> Optional.empty();
            case Extending ignored -> Optional.empty();
            case Reverting ignored -> Optional.empty();
            case Marked ignored -> Optional.empty();
        };
    }

    /// The volume API's `status`.
    default String status() {
        return switch (this) {
            case Creating ignored -> "creating";
            case Available ignored -> "available";
            case Attaching ignored -> "attaching";
            case InUse ignored -> "in-use";
            case Deleting ignored -> "deleting";
            case Failed ignored -> "error";
            case Extending ignored -> "extending";
            case Reverting ignored -> "reverting";
            case Marked marked -> marked.word();
        };
    }
}
