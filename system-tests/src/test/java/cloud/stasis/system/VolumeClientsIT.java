package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Volumes through the unmodified `cinder` and `openstack volume` clients, with the consistency probe of a
/// guest on one of them.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VolumeClientsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String SERVER = "volumes-server";
    /// Ends all names, so that what an earlier run left is not met.
    private static final String RUN = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

    private static OneMachineCloud cloud;
    private static DemoServers servers;
    private static String server;
    private static String data;

    @BeforeAll
    static void boot() {
        cloud = OneMachineCloud.running();
        servers = DemoServers.on(cloud);
        server = servers.boot(SERVER, "demo");
        data = cloud.openstackJson("server", "volume", "list", SERVER)
                .findValuesAsText("Volume ID")
                .getFirst();
    }

    @AfterAll
    static void remove() {
        servers.delete(SERVER);
        // What the revert kept holds on to the volume.
        if (!found("volumes", data).isMissingNode()) {
            cinder("delete --cascade " + data);
            gone("volumes", data);
        }
    }

    @Test
    @Order(1)
    void volumesAreMadeOfEverythingGrowAndGo() {
        String image =
                cloud.openstackJson("image", "show", "demo").required("id").asText();
        cinder("create 1 --name c-blank@ --metadata tier=gold", "create 1 --image-id " + image + " --name c-of-image@");
        await("volumes", "c-blank@", "available");
        await("volumes", "c-of-image@", "available");
        cinder(
                "snapshot-create c-blank@ --name c-snapshot@ --metadata of=blank",
                "image-metadata c-blank@ set os_type=linux",
                "set-bootable c-blank@ true",
                "readonly-mode-update c-blank@ false",
                "metadata c-blank@ set tier=silver",
                "show c-of-image@");
        await("snapshots", "c-snapshot@", "available");
        openstack(
                "volume create --snapshot c-snapshot@ c-of-snapshot@",
                "volume create --source c-blank@ --size 2 c-of-volume@",
                "volume snapshot set --name c-kept@ --property of=nothing c-snapshot@");
        await("volumes", "c-of-snapshot@", "available");
        await("volumes", "c-of-volume@", "available");
        openstack(
                "volume set --size 2 --name c-grown@ --property tier=bronze c-of-snapshot@",
                "volume transfer request create --name c-transfer@ c-of-volume@",
                "volume transfer request list",
                "volume transfer request delete c-transfer@");
        assertThat(await("volumes", "c-grown@", "available").required("size").asInt())
                .isEqualTo(2);
        cinder("revert-to-snapshot c-kept@", "show c-blank@");
        await("volumes", "c-blank@", "available");
        assertThat(cinder("snapshot-list").out()).contains("before revert to " + named("c-kept@"));

        cinder("snapshot-delete c-kept@", "reset-state c-grown@ --state error", "force-delete c-grown@");
        gone("snapshots", "c-kept@");
        openstack("volume delete c-blank@ c-of-volume@ c-of-image@");
        gone("volumes", "c-blank@", "c-of-volume@", "c-of-image@", "c-grown@");
    }

    @Test
    @Order(2)
    void aVolumeInUseIsKeptAloneAndInAGroup() {
        cinder(
                "snapshot-create " + data + " --name d-snapshot@",
                "group-type-create d-groups@",
                "group-type-key d-groups@ set consistent_group_snapshot_enabled='<is> True'",
                "type-create d-type@",
                "retype " + data + " d-type@",
                "group-create d-groups@ d-type@ --name d-group@");
        await("snapshots", "d-snapshot@", "available");
        await("groups", "d-group@", "available");
        cinder("group-update d-group@ --add-volumes " + data, "group-snapshot-create d-group@ --name d-instant@");
        await("group_snapshots", "d-instant@", "available");
        servers.awaitRunningOn(server);
        cinder("group-create-from-src --group-snapshot d-instant@ --name d-copy@");
        await("groups", "d-copy@", "available");

        cinder("group-snapshot-delete d-instant@", "group-delete d-copy@ --delete-volumes", "group-list");
        gone("group_snapshots", "d-instant@");
        cinder("group-update d-group@ --remove-volumes " + data, "group-delete d-group@");
        gone("groups", "d-group@", "d-copy@");
    }

    @Test
    @Order(3)
    void backupsOfAVolumeInUseAreRestored() {
        cinder("backup-create " + data + " --name b-full@ --force");
        await("backups", "b-full@", "available");
        openstack("volume backup create --name b-more@ --incremental --force " + data);
        String more = await("backups", "b-more@", "available").required("id").asText();
        servers.awaitRunningOn(server);
        cinder(
                "create --backup-id " + more + " --name b-of-backup@",
                "backup-restore b-full@ --name b-restored@",
                "backup-export " + more,
                "backup-list");
        await("volumes", "b-of-backup@", "available");
        await("volumes", "b-restored@", "available");
        openstack(
                "server add volume " + SERVER + " b-restored@",
                "volume attachment list",
                "server volume list " + SERVER);
        await("volumes", "b-restored@", "in-use");
        servers.guest(
                server,
                "/bin/sh",
                "-c",
                "mkdir -p /tmp/r && mount -o ro,noload /dev/vdc /tmp/r && ls /tmp/r && umount /tmp/r");
        openstack("server remove volume " + SERVER + " b-restored@", "volume backup delete b-more@");
        await("volumes", "b-restored@", "available");
        cinder("backup-delete b-full@", "delete b-of-backup@ b-restored@");
        gone("volumes", "b-of-backup@", "b-restored@");
    }

    @Test
    @Order(4)
    void aStoppedServersVolumeGoesBackAndTheProbeAgrees() {
        cinder("upload-to-image " + data + " d-image@ --force True --disk-format qcow2");
        await("volumes", data, "in-use");
        openstack("image show d-image@", "image delete d-image@", "server stop " + SERVER);
        servers.status(SERVER, "SHUTOFF");
        cinder("revert-to-snapshot d-snapshot@");
        await("volumes", data, "in-use");
        openstack("server start " + SERVER);
        servers.status(SERVER, "ACTIVE");
        servers.awaitAgent(server);
        servers.awaitRunningOn(server);
        cinder("snapshot-delete d-snapshot@");
        gone("snapshots", "d-snapshot@");
    }

    @Test
    @Order(5)
    void operatorsSeeTypesQuotasServicesAndPools() {
        JsonNode project = cloud.openstackJson("project", "show", "admin");
        String id = project.required("id").asText();
        Shell.Result shown = cinder(
                "type-key d-type@ set volume_backend_name=stasis",
                "extra-specs-list",
                "quota-update " + id + " --volumes 7 --volume-type d-type@",
                "quota-usage " + id,
                "quota-delete " + id,
                "quota-class-show default",
                "service-list",
                "get-pools --detail",
                "get-capabilities local",
                "availability-zone-list",
                "message-list",
                "absolute-limits");
        assertThat(shown.out()).contains("volumes_d-type", "cinder-volume", "enabled", "free_capacity_gb");
        assertThat(openstack("volume service list", "volume type list --long", "volume list --long", "quota show admin")
                        .out())
                .contains("up", named("d-type@"), "gigabytes");
        cinder("group-type-delete d-groups@");
        servers.awaitRunningOn(server);
    }

    @Test
    @Order(6)
    void filesBecomeVolumesAndVolumesFiles() throws IOException {
        Path volumes = cloud.home().resolve("volumes");
        Path file = volumes.resolve(named("old@.qcow2"));
        cloud.host("qemu-img", "create", "-q", "-f", "qcow2", file.toString(), "64M")
                .succeeded();
        cinder("manage local old@.qcow2 --name m-volume@");
        String volume =
                await("volumes", "m-volume@", "available").required("id").asText();
        cinder("snapshot-create m-volume@ --name m-snapshot@");
        String snapshot =
                await("snapshots", "m-snapshot@", "available").required("id").asText();
        cinder("snapshot-unmanage m-snapshot@");
        gone("snapshots", "m-snapshot@");
        cinder("snapshot-manage m-volume@ _snapshot-" + snapshot + " --name m-again@", "manageable-list local");
        await("snapshots", "m-again@", "available");
        cinder("snapshot-delete m-again@");
        gone("snapshots", "m-again@");
        cinder("unmanage m-volume@", "snapshot-manageable-list local");
        gone("volumes", "m-volume@");

        assertThat(file).doesNotExist();
        Files.delete(volumes.resolve("volume-" + volume + ".qcow2"));
    }

    @Test
    @Order(7)
    void whatElseTheClientsKnowIsUnderstood() {
        cinder(
                "create 1 --name e-volume@",
                "qos-create e-qos@ consumer=front-end total_iops_sec=100",
                "type-create e-type@");
        String volume =
                await("volumes", "e-volume@", "available").required("id").asText();
        openstack(
                "volume qos set --property read_iops_sec=5 e-qos@",
                "volume qos associate e-qos@ e-type@",
                "volume qos show e-qos@",
                "volume qos disassociate --all e-qos@",
                "volume qos delete e-qos@",
                "volume type delete e-type@");
        cinder(
                "snapshot-create e-volume@ --name e-snapshot@",
                "list-filters",
                "rate-limits",
                "summary",
                "qos-list",
                "encryption-type-list",
                "transfer-list",
                "group-snapshot-list",
                "metadata-update-all e-volume@ tier=gold",
                "service-disable local cinder-volume --reason test",
                "service-enable local cinder-volume");
        await("snapshots", "e-snapshot@", "available");
        cinder(
                "snapshot-metadata e-snapshot@ set of=it",
                "snapshot-metadata-show e-snapshot@",
                "snapshot-reset-state e-snapshot@ --state available",
                "attachment-create " + volume);
        String claim = cloud.blockStorage("attachments?volume_id=" + volume)
                .required("attachments")
                .path(0)
                .required("id")
                .asText();
        cinder("attachment-show " + claim, "attachment-delete " + claim, "delete --cascade e-volume@");
        gone("volumes", "e-volume@");
    }

    private static Shell.Result cinder(String... lines) {
        return cloud.cinder(named(lines)).succeeded();
    }

    private static Shell.Result openstack(String... lines) {
        return cloud.openstackLines(named(lines)).succeeded();
    }

    private static String[] named(String... lines) {
        return Stream.of(lines).map(VolumeClientsIT::named).toArray(String[]::new);
    }

    private static String named(String text) {
        return text.replace("@", "-" + RUN);
    }

    /// @param thing its name or id
    private static JsonNode await(String kind, String thing, String status) {
        String named = named(thing);
        return Await.until(named + " becomes " + status, PATIENCE, () -> found(kind, named), shown -> {
            String now = shown.path("status").asText();
            assertThat(now).as("%s", shown).doesNotStartWith("error");
            return now.equals(status);
        });
    }

    private static JsonNode found(String kind, String named) {
        for (JsonNode entry : cloud.blockStorage(kind + "/detail").required(kind)) {
            if (List.of(entry.path("name").asText(), entry.required("id").asText())
                    .contains(named)) {
                return entry;
            }
        }
        return MissingNode.getInstance();
    }

    private static void gone(String kind, String... names) {
        for (String name : names) {
            Await.until(name + " is gone", PATIENCE, () -> found(kind, named(name)), JsonNode::isMissingNode);
        }
    }
}
