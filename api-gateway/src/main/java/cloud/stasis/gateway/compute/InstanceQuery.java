package cloud.stasis.gateway.compute;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which servers to list, and in which order.
///
/// @param project empty for all projects
/// @param nameMatches a regular expression that the name must contain
/// @param statuses any of these; empty for any
/// @param tags all of these
/// @param sort by these, then by age and id
/// @param after the last server of the page before
/// @param rows at most so many
public record InstanceQuery(
        Optional<ProjectId> project,
        Existence existence,
        Optional<String> nameMatches,
        Set<ServerStatus> statuses,
        Optional<String> image,
        Optional<String> flavor,
        Optional<String> host,
        Optional<String> user,
        Set<String> ids,
        Set<String> tags,
        Optional<Boolean> locked,
        Optional<Instant> changedSince,
        Optional<Instant> changedBefore,
        List<Sort> sort,
        Optional<InstanceId> after,
        int rows) {
    public InstanceQuery {
        statuses = Set.copyOf(statuses);
        ids = Set.copyOf(ids);
        tags = Set.copyOf(tags);
        sort = List.copyOf(sort);
    }

    public enum Existence {
        PRESENT,
        DELETED,
        EITHER
    }

    public record Sort(Column column, Direction direction) {}

    public enum Column {
        CREATED_AT,
        UPDATED_AT,
        NAME,
        ID,
        HOST,
        LAUNCHED_AT
    }

    public enum Direction {
        ASCENDING,
        DESCENDING
    }
}
