package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Listing;
import cloud.stasis.gateway.volume.Listing.Direction;
import cloud.stasis.gateway.volume.Listing.Key;
import cloud.stasis.gateway.volume.Listing.Sort;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The query of a list of volumes or of their snapshots.
final class ListingParams {
    private static final Pattern PAIR = Pattern.compile("\\s*u?(['\"])(.*?)\\1\\s*:\\s*u?(['\"])(.*?)\\3\\s*");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_SORTS = 6;
    private static final int MAX_DIGITS = 9;

    private final MultivaluedMap<String, String> given;

    private ListingParams(MultivaluedMap<String, String> given) {
        this.given = given;
    }

    static Page page(MultivaluedMap<String, String> given) {
        return Page.of(given.getFirst("limit"), given.getFirst("marker"), Page.MAXIMUM, Page.MAXIMUM);
    }

    static Listing parse(Caller caller, MultivaluedMap<String, String> given, Page page, Optional<UUID> marker) {
        return new ListingParams(given).parse(caller, page, marker);
    }

    private Listing parse(Caller caller, Page page, Optional<UUID> marker) {
        boolean all = caller.isAdmin() && flag("all_tenants").orElse(false);
        // There is one zone.
        boolean elsewhere = text("availability_zone")
                .filter(zone -> !zone.equals(VolumeBody.ZONE))
                .isPresent();
        Listing.Filter filter = new Listing.Filter(
                text("name").or(() -> text("display_name")),
                elsewhere ? Optional.of("elsewhere") : text("status"),
                flag("bootable"),
                text("volume_id").map(ListingParams::volume),
                text("metadata").map(ListingParams::metadata).orElse(Map.of()));
        Optional<ProjectId> project =
                all ? text("project_id").map(ListingParams::project) : Optional.of(caller.project());
        return new Listing(project, filter, order(), marker, offset(), page.rows());
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(given.getFirst(name)).filter(text -> !text.isEmpty());
    }

    private Optional<Boolean> flag(String name) {
        return text(name).map(text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "t", "true", "on", "y", "yes" -> true;
            case "0", "f", "false", "off", "n", "no" -> false;
            default -> throw new FaultException(400, name + " must be true or false: " + Faults.shortened(text));
        });
    }

    private int offset() {
        return offset(given);
    }

    static int offset(MultivaluedMap<String, String> given) {
        String text = given.getFirst("offset");
        if (text == null || text.isEmpty()) {
            return 0;
        }
        if (text.length() > MAX_DIGITS || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw new FaultException(
                    400, "offset must be a whole number that is not negative: " + Faults.shortened(text));
        }
        return Integer.parseInt(text);
    }

    /// What names no volume has no snapshots.
    private static VolumeId volume(String text) {
        try {
            return VolumeId.parse(text);
        } catch (StasisException e) {
            return VolumeId.random();
        }
    }

    private static ProjectId project(String text) {
        try {
            return new ProjectId(text);
        } catch (StasisException e) {
            throw new FaultException(400, "project_id is no id of a project: " + Faults.shortened(text));
        }
    }

    private List<Sort> order() {
        List<Sort> order = new ArrayList<>();
        for (String entry : text("sort").map(sort -> sort.split(",")).orElse(new String[0])) {
            String[] parts = entry.strip().split(":", 2);
            order.add(new Sort(key(parts[0]), direction(parts.length > 1 ? parts[1] : null)));
        }
        List<String> directions = given.getOrDefault("sort_dir", List.of());
        for (String key : given.getOrDefault("sort_key", List.of())) {
            String direction =
                    directions.isEmpty() ? null : directions.get(Math.min(order.size(), directions.size() - 1));
            order.add(new Sort(key(key), direction(direction)));
        }
        if (order.isEmpty() && !directions.isEmpty()) {
            order.add(new Sort(Key.CREATED_AT, direction(directions.getFirst())));
        }
        if (order.size() > MAX_SORTS) {
            throw new FaultException(400, "Invalid input received: at most " + MAX_SORTS + " sort keys.");
        }
        return order;
    }

    private static Key key(String text) {
        return switch (text.strip()) {
            case "id" -> Key.ID;
            case "name", "display_name" -> Key.NAME;
            case "status" -> Key.STATUS;
            case "size", "volume_size" -> Key.SIZE;
            case "created_at", "availability_zone", "bootable" -> Key.CREATED_AT;
            case "updated_at" -> Key.UPDATED_AT;
            default ->
                throw new FaultException(
                        400, "Invalid input received: Invalid sort keys passed: " + Faults.shortened(text) + ".");
        };
    }

    private static Direction direction(@Nullable String text) {
        if (text == null) {
            return Direction.DESCENDING;
        }
        return switch (text.strip()) {
            case "asc" -> Direction.ASCENDING;
            case "desc" -> Direction.DESCENDING;
            default ->
                throw new FaultException(400, "Invalid input received: Invalid sort direction, use 'asc' or 'desc'.");
        };
    }

    /// Clients write it as JSON, or as Python shows a dictionary.
    private static Map<String, String> metadata(String text) {
        try {
            JsonNode object = JSON.readTree(text);
            if (object != null && object.isObject()) {
                Map<String, String> pairs = new LinkedHashMap<>();
                object.properties()
                        .forEach(entry ->
                                pairs.put(entry.getKey(), entry.getValue().asText()));
                return pairs;
            }
        } catch (JsonProcessingException e) {
            // Then the other way.
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        String inner = text.strip().replaceAll("^\\{|\\}$", "");
        for (String part : inner.isBlank() ? new String[0] : inner.split(",")) {
            Matcher pair = PAIR.matcher(part);
            if (!pair.matches()) {
                throw new FaultException(400, "Invalid metadata filter: " + Faults.shortened(text));
            }
            pairs.put(pair.group(2), pair.group(4));
        }
        return pairs;
    }
}
