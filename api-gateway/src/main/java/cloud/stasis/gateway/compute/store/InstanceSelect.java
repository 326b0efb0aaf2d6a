package cloud.stasis.gateway.compute.store;

import cloud.stasis.gateway.compute.InstanceQuery;
import cloud.stasis.gateway.compute.InstanceQuery.Column;
import cloud.stasis.gateway.compute.InstanceQuery.Direction;
import cloud.stasis.gateway.compute.InstanceQuery.Sort;
import cloud.stasis.gateway.compute.ServerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns an [InstanceQuery] into a query of the database. Nothing that a tenant wrote stands in its text.
///
/// The page after a server is found by comparing with that server's own sort columns, so that each page costs the
/// same however far down the list it is.
final class InstanceSelect {
    /// A tenant's regular expression may be malign.
    static final Duration LONGEST_QUERY = Duration.ofSeconds(2);

    /// Expressions that need none: what clients ask with that look for a name or for a part of one.
    private static final Pattern WHOLE_NAME = Pattern.compile("\\^([\\w -]+)\\$");

    private static final Pattern PART_OF_NAME = Pattern.compile("[\\w -]+");
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();
    private final Map<Column, Direction> order = new LinkedHashMap<>();

    InstanceSelect(InstanceQuery query) {
        query.project().ifPresent(project -> with("projectId = :project", "project", project.value()));
        switch (query.existence()) {
            case PRESENT -> conditions.add("deletedAt is null");
            case DELETED -> conditions.add("deletedAt is not null");
            case EITHER -> {}
        }
        query.nameMatches().ifPresent(this::withName);
        query.host().ifPresent(host -> with("hostId = :host", "host", host));
        query.user().ifPresent(user -> with("userId = :user", "user", user));
        query.image().ifPresent(image -> withUuid("imageId = :image", "image", image));
        query.flavor()
                .ifPresent(flavor ->
                        with("cast(sql('json_value(?, ?)', flavor, '$.id') as String) = :flavor", "flavor", flavor));
        query.locked().ifPresent(locked -> conditions.add("lockedBy is " + (locked ? "not null" : "null")));
        query.changedSince().ifPresent(since -> with("updatedAt >= :since", "since", since));
        query.changedBefore().ifPresent(before -> with("updatedAt <= :before", "before", before));
        if (!query.ids().isEmpty()) {
            List<UUID> ids = query.ids().stream()
                    .filter(id -> UUID_FORM.matcher(id).matches())
                    .map(UUID::fromString)
                    .toList();
            with("id in :ids", "ids", ids.isEmpty() ? List.of(new UUID(0, 0)) : ids);
        }
        int number = 0;
        for (String tag : query.tags()) {
            with("locate(:tag" + number + ", tags) > 0", "tag" + number++, "\"" + tag + "\"");
        }
        if (!query.statuses().isEmpty()) {
            with(
                    "status in :statuses",
                    "statuses",
                    query.statuses().stream().map(ServerStatus::name).toList());
        }
        for (Sort sort : query.sort()) {
            order.putIfAbsent(sort.column(), sort.direction());
        }
        // The same way as the first, so that an index has them in this order.
        Direction direction = query.sort().isEmpty()
                ? Direction.DESCENDING
                : query.sort().getFirst().direction();
        order.putIfAbsent(Column.CREATED_AT, direction);
        order.putIfAbsent(Column.ID, direction);
    }

    /// Only what comes after this row: `a > a0 or a = a0 and (b > b0 or ...)`.
    void after(InstanceEntity row) {
        List<String> alternatives = new ArrayList<>();
        StringBuilder equal = new StringBuilder();
        for (Map.Entry<Column, Direction> entry : order.entrySet()) {
            String name = property(entry.getKey());
            Object value = value(entry.getKey(), row);
            if (value == null) {
                // Nulls come first when ascending, so that nothing lies before them.
                if (entry.getValue() == Direction.ASCENDING) {
                    alternatives.add("(" + equal + name + " is not null)");
                }
                equal.append(name).append(" is null and ");
                continue;
            }
            String sign = entry.getValue() == Direction.ASCENDING ? " > " : " < ";
            String nulls = entry.getValue() == Direction.DESCENDING && isNullable(entry.getKey())
                    ? " or " + name + " is null"
                    : "";
            alternatives.add("(" + equal + "(" + name + sign + ":after_" + name + nulls + "))");
            equal.append(name).append(" = :after_").append(name).append(" and ");
            values.put("after_" + name, value);
        }
        conditions.add("(" + String.join(" or ", alternatives) + ")");
    }

    String where() {
        return conditions.isEmpty() ? "1 = 1" : String.join(" and ", conditions);
    }

    String orderBy() {
        List<String> columns = new ArrayList<>();
        order.forEach((column, direction) ->
                columns.add(property(column) + (direction == Direction.ASCENDING ? " asc" : " desc")));
        return " order by " + String.join(", ", columns);
    }

    Map<String, Object> values() {
        return values;
    }

    private void with(String condition, String name, Object value) {
        conditions.add(condition);
        values.put(name, value);
    }

    private void withName(String expression) {
        Matcher whole = WHOLE_NAME.matcher(expression);
        if (whole.matches()) {
            with("name = :name", "name", whole.group(1));
        } else if (PART_OF_NAME.matcher(expression).matches()) {
            with("locate(:name, name) > 0", "name", expression);
        } else {
            with("cast(sql('? regexp ?', name, :name) as Integer) = 1", "name", expression);
        }
    }

    private void withUuid(String condition, String name, String text) {
        boolean isUuid = UUID_FORM.matcher(text).matches();
        with(condition, name, isUuid ? UUID.fromString(text) : new UUID(0, 0));
    }

    private static String property(Column column) {
        return switch (column) {
            case CREATED_AT -> "createdAt";
            case UPDATED_AT -> "updatedAt";
            case NAME -> "name";
            case ID -> "id";
            case HOST -> "hostId";
            case LAUNCHED_AT -> "launchedAt";
        };
    }

    private static @Nullable Object value(Column column, InstanceEntity row) {
        return switch (column) {
            case CREATED_AT -> row.createdAt;
            case UPDATED_AT -> row.updatedAt;
            case NAME -> row.name;
            case ID -> row.id;
            case HOST -> row.hostId;
            case LAUNCHED_AT -> row.launchedAt;
        };
    }

    private static boolean isNullable(Column column) {
        return column == Column.HOST || column == Column.LAUNCHED_AT;
    }
}
