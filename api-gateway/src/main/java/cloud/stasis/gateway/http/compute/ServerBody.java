package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Lock;
import cloud.stasis.gateway.compute.ServerStatus;
import cloud.stasis.gateway.device.Network;
import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.PowerState;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// A server as the compute API shows it.
@ApplicationScoped
class ServerBody {
    static final String ZONE = "nova";
    private static final Set<String> NOT_IN_UPDATES = Set.of("key_name", "config_drive", "host_status");

    private final Links links;
    private final Networks networks;

    ServerBody(Links links, Networks networks) {
        this.links = links;
        this.networks = networks;
    }

    Map<String, Object> summary(Instance instance) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", instance.id().toString());
        body.put("name", instance.profile().name());
        body.put("links", links.of("servers/" + instance.id()));
        return body;
    }

    /// As in lists, and the group that it is in.
    Map<String, Object> alone(
            Instance instance, List<Volume> volumes, Optional<UUID> group, Caller caller, Microversion version) {
        Map<String, Object> body = detail(instance, volumes, caller, version);
        if (version.atLeast(2, 71)) {
            body.put("server_groups", group.map(UUID::toString).stream().toList());
        }
        return body;
    }

    /// @param volumes that it has, or is about to have
    Map<String, Object> detail(Instance instance, List<Volume> volumes, Caller caller, Microversion version) {
        Map<String, Object> body = new LinkedHashMap<>();
        identity(body, instance);
        machine(body, instance, volumes, version);
        state(body, instance, caller);
        if (caller.isAdmin()) {
            placement(body, instance, version);
        }
        later(body, instance, caller, version);
        return body;
    }

    /// What `PUT` answers: until 2.75 without most of the extensions.
    static Map<String, Object> updated(Map<String, Object> detail, Microversion version) {
        if (!version.atLeast(2, 75)) {
            detail.keySet()
                    .removeIf(name -> name.startsWith("OS-EXT")
                            || name.startsWith("OS-SRV-USG")
                            || name.startsWith("os-extended")
                            || NOT_IN_UPDATES.contains(name));
        }
        return detail;
    }

    /// What a rebuild answers: as [#updated], and from 2.54 and 2.57 on what each of them added.
    static Map<String, Object> rebuilt(Map<String, Object> alone, Instance instance, Microversion version) {
        Map<String, Object> body = updated(alone, version);
        body.remove("OS-EXT-SRV-ATTR:user_data");
        if (version.atLeast(2, 54)) {
            body.put("key_name", instance.profile().keyName().orElse(null));
        }
        if (version.atLeast(2, 57)) {
            body.put("user_data", null);
        }
        return body;
    }

    private void identity(Map<String, Object> body, Instance instance) {
        body.put("id", instance.id().toString());
        body.put("name", instance.profile().name());
        body.put("tenant_id", instance.project().value());
        body.put("user_id", instance.user().value());
        body.put("metadata", new TreeMap<>(instance.profile().metadata()));
        body.put("key_name", instance.profile().keyName().orElse(null));
        body.put("created", Times.seconds(instance.life().createdAt()));
        body.put("updated", Times.seconds(instance.life().updatedAt()));
        body.put("links", links.of("servers/" + instance.id()));
    }

    private void machine(Map<String, Object> body, Instance instance, List<Volume> volumes, Microversion version) {
        body.put("hostId", hostId(instance));
        body.put("image", image(instance));
        body.put("flavor", flavor(instance.flavor(), version));
        body.put("addresses", addresses(instance));
        body.put("accessIPv4", instance.profile().remarks().accessIpv4());
        body.put("accessIPv6", instance.profile().remarks().accessIpv6());
        body.put("config_drive", "");
        body.put("OS-DCF:diskConfig", instance.profile().remarks().diskConfig().name());
        body.put("OS-EXT-AZ:availability_zone", instance.host().isPresent() ? ZONE : "");
        List<Map<String, Object>> attached = new ArrayList<>();
        for (Volume volume : volumes) {
            volume.state().attached().ifPresent(attachment -> attached.add(attached(volume, attachment, version)));
        }
        body.put("os-extended-volumes:volumes_attached", attached);
    }

    private void state(Map<String, Object> body, Instance instance, Caller caller) {
        ServerStatus status = instance.status();
        body.put("status", status.name());
        if (status == ServerStatus.ACTIVE || status == ServerStatus.BUILD) {
            body.put("progress", 0);
        }
        body.put("OS-EXT-STS:task_state", instance.state().taskState().orElse(null));
        body.put(
                "OS-EXT-STS:vm_state",
                instance.isDeleted() ? "deleted" : instance.state().vmState());
        body.put("OS-EXT-STS:power_state", power(instance.state().power()));
        body.put(
                "OS-SRV-USG:launched_at",
                instance.life().launchedAt().map(Times::microseconds).orElse(null));
        body.put(
                "OS-SRV-USG:terminated_at",
                instance.life().deletedAt().map(Times::microseconds).orElse(null));
        instance.state().error().ifPresent(error -> body.put("fault", fault(instance, error, caller)));
    }

    private void placement(Map<String, Object> body, Instance instance, Microversion version) {
        Optional<String> host = instance.host().map(HostId::value);
        body.put("OS-EXT-SRV-ATTR:host", host.orElse(null));
        body.put("OS-EXT-SRV-ATTR:hypervisor_hostname", host.orElse(null));
        body.put("OS-EXT-SRV-ATTR:instance_name", instance.id().toString());
        if (version.atLeast(2, 3)) {
            body.put(
                    "OS-EXT-SRV-ATTR:reservation_id",
                    "r-" + instance.id().toString().substring(0, 8));
            body.put("OS-EXT-SRV-ATTR:launch_index", 0);
            body.put("OS-EXT-SRV-ATTR:kernel_id", property(instance, "kernel_id"));
            body.put("OS-EXT-SRV-ATTR:ramdisk_id", property(instance, "ramdisk_id"));
            body.put("OS-EXT-SRV-ATTR:root_device_name", "/dev/vda");
            body.put("OS-EXT-SRV-ATTR:user_data", null);
        }
        if (version.atLeast(2, 16)) {
            body.put("host_status", instance.host().isPresent() ? "UP" : "");
        }
    }

    private static void later(Map<String, Object> body, Instance instance, Caller caller, Microversion version) {
        if (version.atLeast(2, 90) || version.atLeast(2, 3) && caller.isAdmin()) {
            body.put("OS-EXT-SRV-ATTR:hostname", instance.profile().hostname());
        }
        if (version.atLeast(2, 9)) {
            body.put("locked", instance.profile().lock().isPresent());
        }
        if (version.atLeast(2, 19)) {
            body.put("description", instance.profile().description().orElse(null));
        }
        if (version.atLeast(2, 26)) {
            body.put("tags", List.copyOf(instance.profile().sortedTags()));
        }
        if (version.atLeast(2, 63)) {
            body.put("trusted_image_certificates", null);
        }
        if (version.atLeast(2, 73)) {
            body.put(
                    "locked_reason",
                    instance.profile().lock().flatMap(Lock::reason).orElse(null));
        }
        if (version.atLeast(2, 96)) {
            body.put("pinned_availability_zone", null);
        }
    }

    /// By network, in the order of its interfaces.
    Map<String, Object> addresses(Instance instance) {
        Map<String, Object> body = new LinkedHashMap<>();
        for (Network network : networks.all()) {
            List<Map<String, Object>> addresses = instance.spec().nics().stream()
                    .filter(nic -> nic.network().equals(network.id()))
                    .flatMap(nic -> nic.fixedAddress().stream().map(address -> address(address, nic.mac())))
                    .toList();
            if (!addresses.isEmpty()) {
                body.put(network.name(), addresses);
            }
        }
        return body;
    }

    private static Map<String, Object> address(String address, MacAddress mac) {
        return Map.of(
                "addr", address, "version", 4, "OS-EXT-IPS:type", "fixed", "OS-EXT-IPS-MAC:mac_addr", mac.value());
    }

    private Object image(Instance instance) {
        if (instance.isVolumeBacked() || instance.image().isEmpty()) {
            return "";
        }
        String id = instance.image().get().id().toString();
        return Map.of("id", id, "links", links.bookmarkOf("images/" + id));
    }

    private Map<String, Object> flavor(Flavor flavor, Microversion version) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (version.atLeast(2, 47)) {
            body.put("original_name", flavor.name());
            body.put("vcpus", flavor.vcpus());
            body.put("ram", flavor.memoryMib());
            body.put("disk", flavor.diskGib());
            body.put("ephemeral", flavor.ephemeralGib());
            body.put("swap", flavor.swapMib());
            body.put("extra_specs", new TreeMap<>(flavor.extraSpecs()));
        } else {
            body.put("id", flavor.id());
            body.put("links", links.bookmarkOf("flavors/" + flavor.id()));
        }
        return body;
    }

    private static Map<String, Object> attached(Volume volume, Attachment attachment, Microversion version) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", volume.id().toString());
        if (version.atLeast(2, 3)) {
            body.put("delete_on_termination", attachment.onTermination() == OnTermination.DELETE);
        }
        return body;
    }

    private static Map<String, Object> fault(Instance instance, ErrorReport error, Caller caller) {
        Map<String, Object> fault = new LinkedHashMap<>();
        fault.put("code", 500);
        fault.put("created", Times.seconds(instance.life().updatedAt()));
        fault.put("message", error.message());
        if (caller.isAdmin()) {
            fault.put("details", error.code().name());
        }
        return fault;
    }

    /// Lets a tenant see whether two of its servers share a host, and nothing more.
    private static String hostId(Instance instance) {
        return instance.host()
                .map(host -> {
                    try {
                        byte[] text = (instance.project().value() + host.value()).getBytes(StandardCharsets.UTF_8);
                        return HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-224").digest(text));
                    } catch (NoSuchAlgorithmException e) {
                        throw new IllegalStateException("every JDK has SHA-224", e);
                    }
                })
                .orElse("");
    }

    private static String property(Instance instance, String name) {
        return instance.image()
                .map(image -> image.properties().getOrDefault(name, ""))
                .orElse("");
    }

    private static int power(Optional<PowerState> power) {
        return power.map(state -> switch (state) {
                    case RUNNING -> 1;
                    case PAUSED -> 3;
                    case STOPPED -> 4;
                    case CRASHED -> 6;
                    // Nova calls a machine whose memory lies on disk shut down.
                    case SUSPENDED -> 4;
                })
                .orElse(0);
    }
}
