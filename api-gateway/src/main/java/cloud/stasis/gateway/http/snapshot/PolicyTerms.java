package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.policy.Product;
import cloud.stasis.gateway.policy.Retention;
import cloud.stasis.gateway.policy.SnapshotPolicy.Terms;
import cloud.stasis.gateway.policy.Target;
import cloud.stasis.gateway.policy.Timing;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The terms of a policy in the body of a request.
final class PolicyTerms {
    private static final int MAX_TEXT = 255;
    private static final int MAX_ENTRIES = 16;
    private static final ZoneId STANDARD_ZONE = ZoneId.of("UTC");

    private PolicyTerms() {}

    static Terms of(JsonFields fields) {
        Target target = target(fields);
        return new Terms(
                fields.text("name", Terms.MAX_NAME),
                target,
                product(fields, target),
                timing(fields).orElseThrow(() -> bad("one of interval and cron is required.")),
                zone(fields).orElse(STANDARD_ZONE),
                fields.optionalObject("retention").map(PolicyTerms::retention).orElse(Retention.EVERYTHING));
    }

    /// What a policy takes and makes does not change.
    static Terms changed(JsonFields fields, Terms before) {
        return new Terms(
                fields.has("name") ? fields.text("name", Terms.MAX_NAME) : before.name(),
                before.target(),
                before.product(),
                timing(fields).orElse(before.timing()),
                zone(fields).orElse(before.zone()),
                fields.optionalObject("retention").map(PolicyTerms::retention).orElse(before.retention()));
    }

    private static Target target(JsonFields fields) {
        List<Target> named = new ArrayList<>();
        fields.optionalText("server", MAX_TEXT)
                .ifPresent(id -> named.add(new Target.OneServer(SnapshotsResource.server(id))));
        fields.optionalText("volume", MAX_TEXT)
                .ifPresent(id ->
                        named.add(new Target.OneVolume(PathId.of(id, VolumeId::parse, ErrorCode.VOLUME_NOT_FOUND))));
        fields.optionalObject("servers").ifPresent(some -> named.add(new Target.Servers(metadata(some))));
        fields.optionalObject("volumes").ifPresent(some -> named.add(new Target.Volumes(metadata(some))));
        if (named.size() != 1) {
            throw bad("name one of server, volume, servers and volumes.");
        }
        return named.getFirst();
    }

    /// An empty selection would take whatever the project has.
    private static Map<String, String> metadata(JsonFields selection) {
        Map<String, String> metadata = selection
                .only("metadata")
                .optionalTextMap("metadata", MAX_TEXT, MAX_TEXT)
                .orElse(Map.of());
        if (metadata.isEmpty() || metadata.size() > MAX_ENTRIES) {
            throw bad("metadata must have 1 to " + MAX_ENTRIES + " entries.");
        }
        return metadata;
    }

    private static Product product(JsonFields fields, Target target) {
        String action = fields.optionalText("action", MAX_TEXT).orElse("snapshot");
        if (!target.isOfServers() && (fields.has("memory") || fields.has("consistency"))) {
            throw bad("memory and consistency are of servers.");
        }
        return switch (action) {
            case "snapshot" ->
                target.isOfServers()
                        ? new Product.ServerSnapshot(
                                new Asked(SnapshotsResource.memory(fields), SnapshotsResource.quiesce(fields)))
                        : new Product.VolumeSnapshot();
            case "backup" -> {
                if (target.isOfServers()) {
                    throw bad("backup is of volumes; a snapshot of a server is in the store by itself.");
                }
                yield new Product.VolumeBackup();
            }
            default -> throw bad("action must be snapshot or backup.");
        };
    }

    private static Optional<Timing> timing(JsonFields fields) {
        Optional<Timing> every = fields.optionalText("interval", MAX_TEXT).map(PolicyTerms::every);
        Optional<Timing> calendar = fields.optionalText("cron", MAX_TEXT).map(Timing.Calendar::new);
        if (every.isPresent() && calendar.isPresent()) {
            throw bad("one of interval and cron says when, not both.");
        }
        return every.or(() -> calendar);
    }

    private static Timing every(String text) {
        try {
            return new Timing.Every(Duration.parse(text));
        } catch (DateTimeParseException e) {
            throw bad("interval must be a duration such as PT6H or P1D.");
        }
    }

    private static Optional<ZoneId> zone(JsonFields fields) {
        return fields.optionalText("timezone", MAX_TEXT).map(text -> {
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                throw bad("timezone must be the name of one, such as Europe/Berlin.");
            }
        });
    }

    private static Retention retention(JsonFields counts) {
        counts.only("last", "hourly", "daily", "weekly", "monthly");
        return new Retention(
                counts.optionalCount("last").orElse(0),
                counts.optionalCount("hourly").orElse(0),
                counts.optionalCount("daily").orElse(0),
                counts.optionalCount("weekly").orElse(0),
                counts.optionalCount("monthly").orElse(0));
    }

    private static StasisException bad(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "Invalid input: " + message);
    }
}
