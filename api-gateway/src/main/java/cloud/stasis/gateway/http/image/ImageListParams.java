package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.image.ImageLimits;
import cloud.stasis.gateway.image.ImageMember;
import cloud.stasis.gateway.image.ImageQuery;
import cloud.stasis.gateway.image.ImageQuery.Comparison;
import cloud.stasis.gateway.image.ImageQuery.Condition;
import cloud.stasis.gateway.image.ImageQuery.Direction;
import cloud.stasis.gateway.image.ImageQuery.Field;
import cloud.stasis.gateway.image.ImageQuery.Sort;
import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The query string of an image list. What is none of the API's own parameters is a property to look for.
final class ImageListParams {
    private static final Map<String, Field> SORTABLE = Map.of(
            "name", Field.NAME,
            "status", Field.STATUS,
            "container_format", Field.CONTAINER_FORMAT,
            "disk_format", Field.DISK_FORMAT,
            "size", Field.SIZE,
            "id", Field.ID,
            "created_at", Field.CREATED_AT,
            "updated_at", Field.UPDATED_AT);
    private static final Map<String, Field> TEXTS = Map.of(
            "id", Field.ID,
            "name", Field.NAME,
            "status", Field.STATUS,
            "container_format", Field.CONTAINER_FORMAT,
            "disk_format", Field.DISK_FORMAT,
            "checksum", Field.CHECKSUM,
            "os_hash_value", Field.HASH_VALUE);
    private static final Map<String, Field> NUMBERS =
            Map.of("size", Field.SIZE, "min_disk", Field.MIN_DISK, "min_ram", Field.MIN_RAM);
    private static final Map<String, Comparison> COMPARISONS = Map.of(
            "eq", Comparison.EQUAL,
            "neq", Comparison.NOT_EQUAL,
            "lt", Comparison.LESS,
            "lte", Comparison.AT_MOST,
            "gt", Comparison.MORE,
            "gte", Comparison.AT_LEAST);

    private final MultivaluedMap<String, String> query;
    private final List<Condition> conditions = new ArrayList<>();
    private boolean asksForHidden;

    private ImageListParams(MultivaluedMap<String, String> query) {
        this.query = query;
    }

    static Page page(MultivaluedMap<String, String> query) {
        return Page.of(query.getFirst("limit"), query.getFirst("marker"), ImageLimits.PAGE, ImageLimits.MAX_PAGE);
    }

    static ImageQuery parse(MultivaluedMap<String, String> query, Page page) {
        return new ImageListParams(query).parse(page);
    }

    private ImageQuery parse(Page page) {
        query.forEach((name, values) -> values.forEach(value -> condition(name, value)));
        if (!asksForHidden) {
            conditions.add(new Condition.Flag(Field.HIDDEN, false));
        }
        if (conditions.size() > ImageLimits.FILTERS) {
            throw invalid("A list takes at most " + ImageLimits.FILTERS + " filters.");
        }
        return new ImageQuery(
                reach(), membership(), conditions, order(), page.marker().map(ImageListParams::marker), page.rows());
    }

    private void condition(String name, String value) {
        switch (name) {
            case "limit", "marker", "sort", "sort_key", "sort_dir", "visibility", "member_status" -> {}
            case "owner" -> conditions.add(new Condition.HasOwner(new ProjectId(value)));
            case "tag" -> conditions.add(new Condition.HasTag(bounded(value)));
            case "size_min" ->
                conditions.add(new Condition.Number(Field.SIZE, Comparison.AT_LEAST, number(name, value)));
            case "size_max" -> {
                conditions.add(new Condition.Number(Field.SIZE, Comparison.AT_MOST, number(name, value)));
                conditions.add(new Condition.Number(Field.SIZE, Comparison.AT_LEAST, 0));
            }
            case "protected" -> conditions.add(new Condition.Flag(Field.PROTECTED, flag(name, value)));
            case "os_hidden" -> {
                asksForHidden = true;
                conditions.add(new Condition.Flag(Field.HIDDEN, flag(name, value)));
            }
            case "created_at" -> conditions.add(time(Field.CREATED_AT, value));
            case "updated_at" -> conditions.add(time(Field.UPDATED_AT, value));
            default -> other(name, value);
        }
    }

    private void other(String name, String value) {
        if (TEXTS.containsKey(name)) {
            conditions.add(new Condition.OneOf(TEXTS.get(name), values(value)));
        } else if (NUMBERS.containsKey(name)) {
            conditions.add(new Condition.Number(NUMBERS.get(name), Comparison.EQUAL, number(name, value)));
        } else {
            conditions.add(new Condition.HasProperty(bounded(name), value));
        }
    }

    private ImageQuery.Reach reach() {
        String visibility = query.getFirst("visibility");
        if (visibility == null) {
            return new ImageQuery.Reach.Usual();
        }
        if (visibility.equals("all")) {
            return new ImageQuery.Reach.All();
        }
        return new ImageQuery.Reach.Only(Visibility.of(visibility)
                .orElseThrow(() -> invalid("Invalid visibility value: " + Faults.shortened(visibility) + ".")));
    }

    private Optional<ImageMember.Status> membership() {
        String status = query.getFirst("member_status");
        if (status == null) {
            return Optional.of(ImageMember.Status.ACCEPTED);
        }
        if (status.equals("all")) {
            return Optional.empty();
        }
        return Optional.of(ImageMember.Status.of(status)
                .orElseThrow(() -> invalid("Invalid status: " + Faults.shortened(status) + ".")));
    }

    /// Newest first, unless asked otherwise; the id makes every order a strict one.
    private List<Sort> order() {
        Map<Field, Direction> order = new LinkedHashMap<>();
        String sort = query.getFirst("sort");
        if (sort != null) {
            if (query.containsKey("sort_key") || query.containsKey("sort_dir")) {
                throw invalid("Old and new sorting syntax cannot be combined.");
            }
            for (String entry : sort.split(",")) {
                String[] words = entry.trim().split(":", 2);
                order.putIfAbsent(sortable(words[0]), words.length == 2 ? direction(words[1]) : Direction.DESCENDING);
            }
        } else {
            oldOrder(order);
        }
        order.putIfAbsent(Field.CREATED_AT, Direction.DESCENDING);
        order.putIfAbsent(Field.ID, Direction.DESCENDING);
        return order.entrySet().stream()
                .map(entry -> new Sort(entry.getKey(), entry.getValue()))
                .toList();
    }

    private void oldOrder(Map<Field, Direction> order) {
        List<String> keys = query.getOrDefault("sort_key", List.of());
        List<String> directions = query.getOrDefault("sort_dir", List.of());
        if (keys.isEmpty() && !directions.isEmpty()) {
            order.put(Field.CREATED_AT, direction(directions.getFirst()));
        }
        if (directions.size() > 1 && directions.size() != keys.size()) {
            throw invalid("Number of sort dirs does not match the number of sort keys.");
        }
        for (int at = 0; at < keys.size(); at++) {
            Direction direction = directions.isEmpty()
                    ? Direction.DESCENDING
                    : direction(directions.get(Math.min(at, directions.size() - 1)));
            order.putIfAbsent(sortable(keys.get(at)), direction);
        }
    }

    private static Field sortable(String key) {
        Field field = SORTABLE.get(key.trim());
        if (field == null) {
            throw invalid("Invalid sort key: " + Faults.shortened(key) + ".");
        }
        return field;
    }

    private static Direction direction(String text) {
        return switch (text.trim()) {
            case "asc" -> Direction.ASCENDING;
            case "desc" -> Direction.DESCENDING;
            default -> throw invalid("Invalid sort direction: " + Faults.shortened(text) + ".");
        };
    }

    /// `in:a,b,"c, d"` means any of them; anything else means itself.
    private static Set<String> values(String value) {
        if (!value.startsWith("in:")) {
            return Set.of(bounded(value));
        }
        Set<String> values = new java.util.LinkedHashSet<>();
        StringBuilder one = new StringBuilder();
        boolean quoted = false;
        for (char letter : value.substring("in:".length()).toCharArray()) {
            if (letter == '"') {
                quoted = !quoted;
            } else if (letter == ',' && !quoted) {
                values.add(one.toString());
                one.setLength(0);
            } else {
                one.append(letter);
            }
        }
        values.add(one.toString());
        if (quoted || values.size() > ImageLimits.MAX_PAGE) {
            throw invalid("The filter 'in:' takes a list of values, each whole or in double quotes.");
        }
        return values;
    }

    private static Condition time(Field field, String value) {
        int colon = value.indexOf(':');
        Comparison comparison = colon < 0 ? null : COMPARISONS.get(value.substring(0, colon));
        String text = comparison == null ? value : value.substring(colon + 1);
        try {
            Instant instant = text.endsWith("Z")
                    ? Instant.parse(text)
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            return new Condition.Time(field, comparison == null ? Comparison.EQUAL : comparison, instant);
        } catch (DateTimeParseException e) {
            throw invalid("Bad time in a filter: " + Faults.shortened(value)
                    + "; use an operator and a time, such as gt:2030-01-31T12:00:00Z.");
        }
    }

    private static long number(String name, String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with negative ones.
        }
        throw invalid(name + " must be a whole number that is not negative.");
    }

    private static boolean flag(String name, String value) {
        return switch (value.toLowerCase(java.util.Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(name + " must be true or false.");
        };
    }

    private static ImageId marker(String text) {
        try {
            return ImageId.parse(text);
        } catch (StasisException noId) {
            throw invalid("The marker is no image: " + Faults.shortened(text) + ".");
        }
    }

    private static String bounded(String text) {
        if (text.codePointCount(0, text.length()) > ImageLimits.NAME) {
            throw invalid("A filter has at most " + ImageLimits.NAME + " characters.");
        }
        return text;
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
