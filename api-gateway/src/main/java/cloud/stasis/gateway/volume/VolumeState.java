package cloud.stasis.gateway.volume;

import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/// Where a volume stands.
///
/// ```
///  Creating ---> Available <---> Attaching ---> InUse
///      |    \                                    ^  |
///      |     +---- made for a server ------------+  |  server deleted
///      v                                            v
///    Failed      Available ---> Deleting <--- (or Available, if it is to be kept)
///
///  Available or InUse <---> Working     Available <---> Marked
/// ```
public sealed interface VolumeState {
    /// @param reserved what it is made for, if for a server
    record Creating(SagaId saga, Optional<Attachment> reserved) implements VolumeState {}

    record Available() implements VolumeState {}

    record Attaching(SagaId saga, Attachment attachment) implements VolumeState {}

    record InUse(Attachment attachment) implements VolumeState {}

    record Deleting(SagaId saga) implements VolumeState {}

    record Failed() implements VolumeState {}

    /// Something is done with it that leaves it where it stands, but for a detachment.
    ///
    /// @param has the server that has it
    record Working(Work work, SagaId saga, Optional<Attachment> has) implements VolumeState {}

    enum Work {
        EXTENDING("extending"),
        REVERTING("reverting"),
        DETACHING("detaching"),
        UPLOADING("uploading"),
        BACKING_UP("backing-up"),
        RESTORING_BACKUP("restoring-backup"),
        /// A file becomes a volume.
        MANAGING("managing"),
        /// It becomes a file.
        UNMANAGING("unmanaging");

        private final String word;

        Work(String word) {
            this.word = word;
        }

        /// The volume API's. The words are stored: a released one never changes.
        public String word() {
            return word;
        }

        public static Optional<Work> ofWord(String word) {
            return Arrays.stream(values())
                    .filter(work -> work.word.equals(word))
                    .findFirst();
        }
    }

    /// What somebody says of it, with no work behind it: that it is reserved (`attaching`), or an operator's word.
    record Marked(String word) implements VolumeState {}

    /// Which server has it, as which disk.
    ///
    /// @param tag what its tenant calls it there
    record Attachment(
            InstanceId instance, DeviceName device, OnTermination onTermination, Optional<String> tag, Instant at) {
        public Attachment as(DeviceName other) {
            return new Attachment(instance, other, onTermination, tag, at);
        }

        public Attachment with(OnTermination other) {
            return new Attachment(instance, device, other, tag, at);
        }
    }

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
            case Working working -> Optional.of(working.saga());
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
            case Working working -> working.has();
            case Available ignored -> Optional.empty();
            case Deleting ignored -> Optional.empty();
            case Failed ignored -> Optional.empty();
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
            case Working working -> working.work().word();
            case Marked marked -> marked.word();
        };
    }

    /// What it is when the work is over.
    default VolumeState settled() {
        return attached().<VolumeState>map(InUse::new).orElseGet(Available::new);
    }
}
