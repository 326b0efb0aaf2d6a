package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageQuery;
import cloud.stasis.gateway.image.ImageQuery.Comparison;
import cloud.stasis.gateway.image.ImageQuery.Condition;
import cloud.stasis.gateway.image.ImageQuery.Direction;
import cloud.stasis.gateway.image.ImageQuery.Field;
import cloud.stasis.gateway.image.ImageQuery.Sort;
import cloud.stasis.gateway.image.Visibility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The one query of a list: fixed text and named parameters; no input ever becomes text.
final class ImageSql {
    private final Map<String, Object> parameters = new HashMap<>();
    private final Caller caller;
    private final ImageQuery query;
    private final String order;
    private final String filter;

    private ImageSql(Caller caller, ImageQuery query, @Nullable ImageEntity marker) {
        this.caller = caller;
        this.query = query;
        this.order = " order by "
                + query.order().stream()
                        .map(sort ->
                                column(sort.field()) + (sort.direction() == Direction.ASCENDING ? " asc" : " desc"))
                        .collect(Collectors.joining(", "));
        List<String> all = new ArrayList<>();
        query.conditions().forEach(condition -> all.add(text(condition)));
        if (marker != null) {
            all.add(after(marker));
        }
        this.filter = all.isEmpty() ? "" : " and " + String.join(" and ", all);
    }

    static ImageSql of(Caller caller, ImageQuery query, @Nullable ImageEntity marker) {
        return new ImageSql(caller, query, marker);
    }

    Map<String, Object> parameters() {
        return parameters;
    }

    String text() {
        List<String> branches = caller.isAdmin() ? List.of(everything()) : branches();
        parameters.put("rows", query.rows());
        if (branches.size() == 1) {
            return branches.getFirst() + order + " limit :rows";
        }
        String union = branches.stream()
                .map(branch -> "(" + branch + order + " limit :rows)")
                .collect(Collectors.joining(" union all "));
        return "select i.* from (" + union + ") i" + order + " limit :rows";
    }

    /// Each image is in one branch at most.
    private List<String> branches() {
        return switch (query.reach()) {
            case ImageQuery.Reach.Usual _ -> List.of(own(""), of(Visibility.PUBLIC), shared());
            case ImageQuery.Reach.All _ -> List.of(own(""), of(Visibility.PUBLIC), shared(), of(Visibility.COMMUNITY));
            case ImageQuery.Reach.Only only ->
                switch (only.visibility()) {
                    case PRIVATE -> List.of(own(" and i.visibility = 'private'"));
                    case SHARED -> List.of(own(" and i.visibility = 'shared'"), shared());
                    case PUBLIC, COMMUNITY ->
                        List.of("select i.* from image i where i.visibility = '"
                                + only.visibility().wireName() + "'" + filter);
                };
        };
    }

    private String everything() {
        String visibility =
                switch (query.reach()) {
                    case ImageQuery.Reach.Only only ->
                        "i.visibility = '" + only.visibility().wireName() + "'";
                    case ImageQuery.Reach.All _ -> "1 = 1";
                    case ImageQuery.Reach.Usual _ -> "(i.visibility <> 'community' or i.owner = " + me() + ")";
                };
        return "select i.* from image i where " + visibility + filter;
    }

    private String own(String more) {
        return "select i.* from image i where i.owner = " + me() + more + filter;
    }

    private String of(Visibility visibility) {
        return "select i.* from image i where i.visibility = '" + visibility.wireName() + "' and i.owner <> " + me()
                + filter;
    }

    private String shared() {
        String status = query.membership()
                .map(wanted -> " and m.status = '" + wanted.wireName() + "'")
                .orElse("");
        return "select i.* from image_member m join image i on i.id = m.image_id where m.project_id = " + me() + status
                + " and i.visibility = 'shared' and i.owner <> " + me() + filter;
    }

    private String text(Condition condition) {
        return switch (condition) {
            case Condition.HasOwner(var owner) -> "i.owner = " + parameter(owner.value());
            case Condition.OneOf(Field field, var values) ->
                column(field) + " in (" + values.stream().map(this::parameter).collect(Collectors.joining(", ")) + ")";
            case Condition.Number(Field field, Comparison comparison, long value) ->
                column(field) + sign(comparison) + parameter(value);
            case Condition.Flag(Field field, boolean value) -> column(field) + " = " + parameter(value);
            case Condition.Time(Field field, Comparison comparison, var value) ->
                column(field) + sign(comparison) + parameter(value);
            case Condition.HasTag(String tag) ->
                "exists (select 1 from image_search s where s.image_id = i.id and s.kind = 'T' and s.name = "
                        + parameter(tag) + ")";
            case Condition.HasProperty(String name, String value) ->
                "exists (select 1 from image_search s where s.image_id = i.id and s.kind = 'P' and s.name = "
                        + parameter(name) + " and s.value = " + parameter(SearchRows.searchable(value)) + ")";
        };
    }

    /// Behind the marker in the order of the list: later in the first key, or equal there and later in the next,
    /// and so on. The last key is the id, which no two share.
    private String after(ImageEntity marker) {
        List<String> ways = new ArrayList<>();
        StringBuilder equal = new StringBuilder();
        for (Sort sort : query.order()) {
            String value = parameter(value(marker, sort.field()));
            String beyond = sort.direction() == Direction.ASCENDING ? " > " : " < ";
            ways.add("(" + equal + column(sort.field()) + beyond + value + ")");
            equal.append(column(sort.field())).append(" = ").append(value).append(" and ");
        }
        return "(" + String.join(" or ", ways) + ")";
    }

    private String me() {
        parameters.put("me", caller.project().value());
        return ":me";
    }

    private String parameter(Object value) {
        String name = "p" + parameters.size();
        parameters.put(name, value);
        return ":" + name;
    }

    private static String sign(Comparison comparison) {
        return switch (comparison) {
            case EQUAL -> " = ";
            case NOT_EQUAL -> " <> ";
            case LESS -> " < ";
            case AT_MOST -> " <= ";
            case MORE -> " > ";
            case AT_LEAST -> " >= ";
        };
    }

    private static String column(Field field) {
        return switch (field) {
            case ID -> "i.id";
            case NAME -> "i.name";
            case STATUS -> "i.status";
            case DISK_FORMAT -> "i.disk_format";
            case CONTAINER_FORMAT -> "i.container_format";
            // Not known is less than nothing, so that it has a place in every order.
            case SIZE -> "coalesce(i.size, -1)";
            case MIN_DISK -> "i.min_disk";
            case MIN_RAM -> "i.min_ram";
            case CHECKSUM -> "i.md5";
            case HASH_VALUE -> "i.sha512";
            case PROTECTED -> "i.protected";
            case HIDDEN -> "i.hidden";
            case CREATED_AT -> "i.created_at";
            case UPDATED_AT -> "i.updated_at";
        };
    }

    private static Object value(ImageEntity marker, Field field) {
        return switch (field) {
            case ID -> marker.id;
            case NAME -> marker.name;
            case STATUS -> marker.status;
            case DISK_FORMAT -> marker.diskFormat;
            case CONTAINER_FORMAT -> marker.containerFormat;
            case SIZE -> marker.size == null ? -1L : marker.size;
            case MIN_DISK -> marker.minDisk;
            case MIN_RAM -> marker.minRam;
            case CHECKSUM -> marker.md5;
            case HASH_VALUE -> marker.sha512;
            case PROTECTED -> marker.isProtected;
            case HIDDEN -> marker.hidden;
            case CREATED_AT -> marker.createdAt;
            case UPDATED_AT -> marker.updatedAt;
        };
    }
}
