package cloud.stasis.gateway.http.volume;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What this cloud has of the parts of the block storage API that were extensions once. Clients still ask.
enum VolumeExtension {
    AVAILABILITY_ZONES("os-availability-zone", "Availability zones"),
    BACKUPS("backups", "Backups of volumes and snapshots"),
    HOSTS("os-hosts", "Where volumes are, for operators"),
    QUOTA_CLASSES("os-quota-class-sets", "Quotas of projects without quotas of their own"),
    QUOTAS("os-quota-sets", "Quotas of projects"),
    SCHEDULER_STATS("scheduler-stats", "Capacity of storage pools"),
    SERVICES("os-services", "State of storage backends"),
    SNAPSHOT_ACTIONS("os-snapshot-actions", "Actions on snapshots"),
    TYPES_EXTRA_SPECS("os-types-extra-specs", "Extra specs of volume types"),
    VOLUME_ACTIONS("os-volume-actions", "Actions on volumes"),
    VOLUME_TRANSFER("os-volume-transfer", "Volumes change their owners"),
    VOLUME_TYPE_ACCESS("os-volume-type-access", "Private volume types"),
    VOLUME_TYPE_ENCRYPTION("encryption", "Encryption of volume types");

    private final String alias;
    private final String description;

    VolumeExtension(String alias, String description) {
        this.alias = alias;
        this.description = description;
    }

    static List<Map<String, Object>> bodies() {
        return Arrays.stream(values()).map(VolumeExtension::body).toList();
    }

    private Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("alias", alias);
        body.put("name", camelCase());
        body.put("description", description + ".");
        body.put("updated", "2013-01-01T00:00:00+00:00");
        body.put("links", List.of());
        return body;
    }

    private String camelCase() {
        StringBuilder name = new StringBuilder();
        for (String word : name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
