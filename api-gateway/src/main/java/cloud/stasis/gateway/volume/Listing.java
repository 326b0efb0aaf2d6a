package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Which volumes, or snapshots of volumes, to list, and in which order.
///
/// @param project empty for all projects
/// @param filter all of it must hold
/// @param order the first decides; the id decides last, in the direction of the one before it
/// @param after the last entry of the page before
/// @param skip so many of those that follow
/// @param rows at most so many
public record Listing(
        Optional<ProjectId> project, Filter filter, List<Sort> order, Optional<UUID> after, int skip, int rows) {
    public Listing {
        order = List.copyOf(order);
    }

    /// @param volume whose snapshots; of no meaning for volumes
    /// @param metadata all of these
    public record Filter(
            Optional<String> name,
            Optional<String> status,
            Optional<Boolean> bootable,
            Optional<VolumeId> volume,
            Map<String, String> metadata) {
        public static final Filter NONE =
                new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

        public Filter {
            metadata = Map.copyOf(metadata);
        }
    }

    public record Sort(Key key, Direction direction) {}

    public enum Key {
        ID,
        NAME,
        STATUS,
        SIZE,
        CREATED_AT,
        UPDATED_AT
    }

    public enum Direction {
        ASCENDING,
        DESCENDING
    }
}
