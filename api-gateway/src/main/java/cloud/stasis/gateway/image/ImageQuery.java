package cloud.stasis.gateway.image;

import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which images a list shall show, in which order.
///
/// @param conditions all of them must hold
/// @param membership how the caller must stand to images that are shared with it; empty for any way
/// @param marker the image that the last page ended with
/// @param rows at most
public record ImageQuery(
        Reach reach,
        Optional<ImageMember.Status> membership,
        List<Condition> conditions,
        List<Sort> order,
        Optional<ImageId> marker,
        int rows) {
    public ImageQuery {
        conditions = List.copyOf(conditions);
        order = List.copyOf(order);
    }

    /// Of which visibility.
    public sealed interface Reach {
        /// Own ones, public ones, and those shared with the caller.
        record Usual() implements Reach {}

        /// The usual ones and community images.
        record All() implements Reach {}

        record Only(Visibility visibility) implements Reach {}
    }

    public sealed interface Condition {
        record HasOwner(ProjectId owner) implements Condition {}

        /// One of these values.
        record OneOf(Field field, Set<String> values) implements Condition {
            public OneOf {
                values = Set.copyOf(values);
            }
        }

        record Number(Field field, Comparison comparison, long value) implements Condition {}

        record Flag(Field field, boolean value) implements Condition {}

        record Time(Field field, Comparison comparison, Instant value) implements Condition {}

        record HasTag(String tag) implements Condition {}

        record HasProperty(String name, String value) implements Condition {}
    }

    public enum Comparison {
        EQUAL,
        NOT_EQUAL,
        LESS,
        AT_MOST,
        MORE,
        AT_LEAST
    }

    /// What lists can be filtered and sorted by.
    public enum Field {
        ID,
        NAME,
        STATUS,
        DISK_FORMAT,
        CONTAINER_FORMAT,
        SIZE,
        MIN_DISK,
        MIN_RAM,
        CHECKSUM,
        HASH_VALUE,
        PROTECTED,
        HIDDEN,
        CREATED_AT,
        UPDATED_AT
    }

    public record Sort(Field field, Direction direction) {}

    public enum Direction {
        ASCENDING,
        DESCENDING
    }
}
