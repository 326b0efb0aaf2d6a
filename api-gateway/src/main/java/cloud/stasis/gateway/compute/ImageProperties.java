package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.JobId;
import cloud.stasis.model.Quiesce;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The properties of an image that is made from a server, as the compute API merges them: inherited from the
/// image that the server was made from, then what we know, then what the tenant says. Pure.
final class ImageProperties {
    /// The job that makes the image: `GET /snapshot/v1/jobs/{id}`.
    static final String JOB = "stasis_job_id";

    private ImageProperties() {}

    static Map<String, String> of(Caller caller, Instance instance, JobId job, Map<String, String> metadata) {
        Map<String, String> properties = new TreeMap<>();
        instance.image().ifPresent(source -> {
            source.properties().forEach((name, value) -> {
                if (isInherited(name)) {
                    properties.put(name, value);
                }
            });
            properties.put("base_image_ref", source.id().toString());
        });
        properties.put("image_type", "snapshot");
        properties.put("image_location", "snapshot");
        properties.put("image_state", "available");
        properties.put("instance_uuid", instance.id().toString());
        properties.put("user_id", caller.user().value());
        properties.put("owner_id", caller.project().value());
        properties.put("owner_user_name", caller.userName());
        properties.put("owner_project_name", caller.projectName());
        properties.put(
                "boot_roles", String.join(",", caller.roles().stream().sorted().toList()));
        properties.put(JOB, job.toString());
        properties.putAll(metadata);
        return properties;
    }

    /// How hard the image wants its file systems to be quiesced.
    static Quiesce quiesce(Instance instance) {
        Map<String, String> properties =
                instance.image().map(SourceImage::properties).orElse(Map.of());
        if (isYes(properties.getOrDefault("os_require_quiesce", "no"))) {
            return Quiesce.REQUIRE;
        }
        // Unlike Nova we try unless told not to: a guest without an agent costs nothing but the attempt.
        return isYes(properties.getOrDefault("hw_qemu_guest_agent", "yes")) ? Quiesce.PREFER : Quiesce.NONE;
    }

    private static boolean isInherited(String name) {
        return !name.startsWith("img_signature")
                && !name.startsWith("os_glance")
                && !name.startsWith("stasis_")
                && !name.startsWith("cinder_encryption_key")
                && !ImageDevices.OWN.contains(name)
                && !name.equals("cache_in_nova")
                && !name.equals("bittorrent");
    }

    private static boolean isYes(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "yes", "true", "1", "on" -> true;
            default -> false;
        };
    }
}
