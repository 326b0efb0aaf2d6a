package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.InstanceQuery;
import cloud.stasis.gateway.compute.InstanceQuery.Column;
import cloud.stasis.gateway.compute.InstanceQuery.Direction;
import cloud.stasis.gateway.compute.InstanceQuery.Existence;
import cloud.stasis.gateway.compute.InstanceQuery.Sort;
import cloud.stasis.gateway.compute.ServerStatus;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The query of a list of servers, as clients write it.
record ServerQuery(InstanceQuery query, Page page) {
    private static final int MAX_TEXT = 255;

    private static final Map<String, Column> COLUMNS = Map.of(
            "created_at", Column.CREATED_AT,
            "updated_at", Column.UPDATED_AT,
            "display_name", Column.NAME,
            "name", Column.NAME,
            "uuid", Column.ID,
            "host", Column.HOST,
            "launched_at", Column.LAUNCHED_AT);

    /// What Nova sorts by and we do not: accepted, without effect.
    private static final Set<String> OTHER_COLUMNS = Set.of(
            "access_ip_v4",
            "access_ip_v6",
            "auto_disk_config",
            "availability_zone",
            "config_drive",
            "display_description",
            "image_ref",
            "instance_type_id",
            "kernel_id",
            "key_name",
            "node",
            "power_state",
            "progress",
            "project_id",
            "ramdisk_id",
            "root_device_name",
            "task_state",
            "terminated_at",
            "user_id",
            "vm_state",
            "locked");

    /// From 2.75 on anything else in the query is an error.
    private static final Set<String> KNOWN = Set.of(
            "all_tenants",
            "auto_disk_config",
            "availability_zone",
            "changes-since",
            "changes-before",
            "config_drive",
            "deleted",
            "description",
            "display_description",
            "display_name",
            "flavor",
            "host",
            "hostname",
            "image",
            "image_ref",
            "ip",
            "ip6",
            "kernel_id",
            "key_name",
            "launch_index",
            "launched_at",
            "limit",
            "locked",
            "locked_by",
            "marker",
            "name",
            "node",
            "not-tags",
            "not-tags-any",
            "power_state",
            "progress",
            "project_id",
            "ramdisk_id",
            "reservation_id",
            "root_device_name",
            "soft_deleted",
            "sort_dir",
            "sort_key",
            "status",
            "tags",
            "tags-any",
            "task_state",
            "tenant_id",
            "terminated_at",
            "user_id",
            "uuid",
            "vm_state",
            "access_ip_v4",
            "access_ip_v6",
            "created_at",
            "updated_at",
            "instance_type_id");

    static ServerQuery of(Caller caller, Microversion version, MultivaluedMap<String, String> given) {
        if (version.atLeast(2, 75)) {
            given.keySet().stream()
                    .filter(name -> !KNOWN.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw bad("Additional properties are not allowed ('" + Faults.shortened(name)
                                + "' was unexpected)");
                    });
        }
        Page page = Page.of(given.getFirst("limit"), given.getFirst("marker"), Page.MAXIMUM, Page.MAXIMUM);
        Optional<Instant> since = time(given, "changes-since");
        Optional<Instant> before = version.atLeast(2, 66) ? time(given, "changes-before") : Optional.empty();
        return new ServerQuery(
                new InstanceQuery(
                        project(caller, given),
                        existence(caller, given, since.isPresent() || before.isPresent()),
                        text(given, "name")
                                .or(() -> text(given, "display_name"))
                                .map(ServerQuery::pattern),
                        statuses(given, version),
                        text(given, "image").or(() -> text(given, "image_ref")),
                        text(given, "flavor"),
                        caller.isAdmin() ? text(given, "host").or(() -> text(given, "node")) : Optional.empty(),
                        caller.isAdmin() ? text(given, "user_id") : Optional.empty(),
                        words(given, "uuid"),
                        version.atLeast(2, 26) ? words(given, "tags") : Set.of(),
                        version.atLeast(2, 73) && given.containsKey("locked")
                                ? Optional.of(flag(given, "locked"))
                                : Optional.empty(),
                        since,
                        before,
                        sort(given),
                        page.marker().map(ServerQuery::marker),
                        page.rows()),
                page);
    }

    private static Optional<ProjectId> project(Caller caller, MultivaluedMap<String, String> given) {
        if (!flag(given, "all_tenants")) {
            return Optional.of(caller.project());
        }
        ComputeAction.READ_SERVERS_OF_ALL.check(caller);
        return text(given, "project_id").or(() -> text(given, "tenant_id")).map(ServerQuery::projectId);
    }

    private static Existence existence(Caller caller, MultivaluedMap<String, String> given, boolean changes) {
        if (given.containsKey("deleted") && caller.isAdmin()) {
            return flag(given, "deleted") ? Existence.DELETED : Existence.PRESENT;
        }
        return changes ? Existence.EITHER : Existence.PRESENT;
    }

    private static Set<ServerStatus> statuses(MultivaluedMap<String, String> given, Microversion version) {
        List<String> asked = given.getOrDefault("status", List.of());
        Set<ServerStatus> statuses = EnumSet.noneOf(ServerStatus.class);
        for (String name : asked) {
            for (ServerStatus status : ServerStatus.values()) {
                if (status.name().equals(name.toUpperCase(Locale.ROOT))) {
                    statuses.add(status);
                }
            }
        }
        if (!asked.isEmpty() && statuses.isEmpty()) {
            if (version.atLeast(2, 38)) {
                throw bad("Invalid status filter value.");
            }
            // No server that is present has it.
            statuses.add(ServerStatus.DELETED);
        }
        return statuses;
    }

    private static List<Sort> sort(MultivaluedMap<String, String> given) {
        List<String> keys = given.getOrDefault("sort_key", List.of());
        List<String> directions = given.getOrDefault("sort_dir", List.of());
        List<Sort> sorts = new ArrayList<>();
        for (int at = 0; at < keys.size(); at++) {
            String direction = at < directions.size() ? directions.get(at) : "desc";
            if (!direction.equals("asc") && !direction.equals("desc")) {
                throw bad("Invalid input for query parameters sort_dir. Value: " + Faults.shortened(direction));
            }
            Column column = COLUMNS.get(keys.get(at));
            if (column != null) {
                sorts.add(new Sort(column, direction.equals("asc") ? Direction.ASCENDING : Direction.DESCENDING));
            } else if (!OTHER_COLUMNS.contains(keys.get(at))) {
                throw bad("Invalid input for query parameters sort_key. Value: " + Faults.shortened(keys.get(at)));
            }
        }
        return sorts;
    }

    private static String pattern(String name) {
        try {
            return Pattern.compile(name).pattern();
        } catch (PatternSyntaxException e) {
            throw bad("The name to look for is not a regular expression.");
        }
    }

    private static Set<String> words(MultivaluedMap<String, String> given, String name) {
        Set<String> words = new HashSet<>();
        given.getOrDefault(name, List.of()).forEach(value -> words.addAll(List.of(value.split(","))));
        words.remove("");
        return words;
    }

    private static Optional<String> text(MultivaluedMap<String, String> given, String name) {
        Optional<String> text = Optional.ofNullable(given.getFirst(name)).filter(value -> !value.isEmpty());
        if (text.isPresent() && text.get().length() > MAX_TEXT) {
            throw bad("Invalid input for query parameters " + name + ": longer than " + MAX_TEXT + ".");
        }
        return text;
    }

    private static boolean flag(MultivaluedMap<String, String> given, String name) {
        String value = given.getFirst(name);
        if (value == null) {
            return false;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "", "1", "true", "t", "yes", "y", "on" -> true;
            case "0", "false", "f", "no", "n", "off", "none" -> false;
            default -> throw bad("Invalid value '" + Faults.shortened(value) + "' for " + name + ".");
        };
    }

    private static Optional<Instant> time(MultivaluedMap<String, String> given, String name) {
        return text(given, name).map(value -> {
            try {
                return value.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
                        ? OffsetDateTime.parse(value).toInstant()
                        : LocalDateTime.parse(value.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
            } catch (DateTimeParseException e) {
                throw bad("Invalid input for query parameters " + name + ". Value: " + Faults.shortened(value));
            }
        });
    }

    private static InstanceId marker(String marker) {
        try {
            return InstanceId.parse(marker);
        } catch (StasisException e) {
            throw unknownMarker(marker);
        }
    }

    static FaultException unknownMarker(String marker) {
        return bad("marker [" + Faults.shortened(marker) + "] not found");
    }

    private static ProjectId projectId(String text) {
        try {
            return new ProjectId(text);
        } catch (StasisException e) {
            throw bad("Invalid project id.");
        }
    }

    private static FaultException bad(String message) {
        return new FaultException(400, message);
    }
}
