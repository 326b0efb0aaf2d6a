package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.BootInstance;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Servers whose disks are volumes: how they are asked for, what becomes of their volumes, and images of them.
@QuarkusTest
class VolumeBackedIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private Tenant tenant;
    private VolumeDoor door;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        door = new VolumeDoor(doors, cloud, tenant);
    }

    @Test
    void aServerOfAnImageOnAVolumeBootsAsTheImageSaysAndItsVolumeGoesWithIt() {
        String kernel = kernel();
        ImageId image = cloud.image(project(), Map.of("kernel_id", kernel, "os_command_line", "root=/dev/vda quiet"));

        String id = running(root("image", image.toString(), "\"volume_size\": 2, \"delete_on_termination\": true"));

        JsonNode shown = doors.compute(tenant, "2.96", "GET", "/servers/" + id, null)
                .expect(200)
                .json()
                .path("server");
        assertThat(shown.path("image").asText("?")).isEmpty();
        assertThat(shown.at("/os-extended-volumes:volumes_attached")).hasSize(1);
        assertThat(shown.at("/os-extended-volumes:volumes_attached/0/delete_on_termination")
                        .asBoolean())
                .isTrue();
        String volume = shown.at("/os-extended-volumes:volumes_attached/0/id").asText();
        assertThat(door.show("/volumes/" + volume, "volume").path("size").asInt())
                .isEqualTo(2);
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("in-use");
        assertThat(workers.carriedOut(volume)).hasOnlyElementsOfType(VolumeCommand.FillVolume.class);
        BootInstance boot = (BootInstance) workers.carriedOut(id).getFirst();
        assertThat(boot.spec().disks()).hasSize(1);
        assertThat(boot.spec().disks().getFirst().source()).isInstanceOf(DiskSource.Volume.class);
        assertThat(boot.spec().boot())
                .isInstanceOfSatisfying(ComputeCommand.Boot.FromKernel.class, found -> assertThat(found.commandLine())
                        .isEqualTo("root=/dev/vda quiet"));

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        door.awaitGone("/volumes/" + volume);
    }

    @Test
    void whatARevertLeftBehindKeepsNoVolumeThatGoesWithItsServer() {
        String volume = bootable();
        String id = running(root("volume", volume, "\"delete_on_termination\": true"));
        String snapshot = door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\", \"force\": true}");
        doors.compute(tenant, "POST", "/servers/" + id + "/action", "{\"os-stop\": null}")
                .expect(202);
        cloud.await(
                "it is off",
                () -> doors.server(tenant, id).path("status").asText().equals("SHUTOFF"));
        door.act(volume, "{\"revert\": {\"snapshot_id\": \"" + snapshot + "\"}}")
                .expect(202);
        door.await("/volumes/" + volume, "volume", "in-use");
        door.call("DELETE", "/snapshots/" + snapshot, null).expect(202);
        door.awaitGone("/snapshots/" + snapshot);
        String left = door.show("/snapshots?volume_id=" + volume, "snapshots")
                .at("/0/id")
                .asText();
        assertThat(left).isNotEmpty();

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);

        door.awaitGone("/volumes/" + volume);
        door.awaitGone("/snapshots/" + left);
    }

    @Test
    void aVolumeThatIsThereIsBootedFromInBothSyntaxesAndKeptAfterwards() {
        String volume = bootable();
        String id = running(root("volume", volume, "\"delete_on_termination\": false"));
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("in-use");
        create(root("volume", volume, "\"boot_index\": 0")).expect(400);
        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        door.await("/volumes/" + volume, "volume", "available");

        String again = running("\"block_device_mapping\": [{\"device_name\": \"vda\", \"volume_id\": \"" + volume
                + "\", \"volume_size\": \"\", \"delete_on_termination\": \"0\"}]");

        assertThat(doors.server(tenant, again).path("image").asText("?")).isEmpty();
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("in-use");
    }

    @Test
    void aServerOfASnapshotBootsFromAVolumeMadeOfIt() {
        String volume = bootable();
        String snapshot = door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");

        String id = running(root("snapshot", snapshot, "\"delete_on_termination\": true"));

        String made = doors.server(tenant, id)
                .at("/os-extended-volumes:volumes_attached/0/id")
                .asText();
        assertThat(made).isNotEqualTo(volume);
        assertThat(door.show("/volumes/" + made, "volume").path("snapshot_id").asText())
                .isEqualTo(snapshot);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Nothing to boot from, or too much.
                "[{'source_type': 'blank', 'destination_type': 'volume', 'volume_size': 1}] | Boot sequence",
                "[{'boot_index': 1, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'volume'}]"
                        + " | Boot sequence",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'volume'},"
                        + " {'boot_index': 0, 'source_type': 'blank', 'destination_type': 'volume', 'volume_size': 1}]"
                        + " | Boot sequence",
                // What is not there, or is somebody else's.
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'NONE', 'destination_type': 'volume'}]"
                        + " | failed to get volume",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'OTHERS', 'destination_type': 'volume'}]"
                        + " | failed to get volume",
                "[{'boot_index': 0, 'source_type': 'snapshot', 'uuid': 'NONE', 'destination_type': 'volume'}]"
                        + " | failed to get snapshot",
                "[{'boot_index': 0, 'source_type': 'image', 'uuid': 'NONE', 'destination_type': 'volume',"
                        + " 'volume_size': 1}] | failed to get image",
                // What does not go together.
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'BLANK', 'destination_type': 'volume'}]"
                        + " | is not bootable",
                "[{'boot_index': 0, 'source_type': 'image', 'uuid': 'IMAGE', 'destination_type': 'volume'}]"
                        + " | non-zero size",
                "[{'boot_index': 0, 'source_type': 'image', 'uuid': 'IMAGE', 'destination_type': 'volume',"
                        + " 'volume_size': 0}] | volume_size",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'local'}]"
                        + " | Invalid source_type",
                "[{'boot_index': 0, 'source_type': 'volume', 'destination_type': 'volume'}] | Missing device UUID",
                "[{'boot_index': 0, 'source_type': 'magic', 'uuid': 'NONE', 'destination_type': 'volume'}]"
                        + " | Invalid source_type",
                "[{'boot_index': 0, 'source_type': 'image', 'uuid': 'IMAGE', 'destination_type': 'volume',"
                        + " 'volume_size': 1, 'volume_type': 'nope'}] | could not be found",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'volume'},"
                        + " {'source_type': 'blank', 'destination_type': 'local', 'volume_size': 9}]"
                        + " | larger than the instance type allows",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'volume',"
                        + " 'device_name': 'v d a'}] | device_name",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'volume',"
                        + " 'disk_bus': 'scsi'}] | disk_bus",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'volume',"
                        + " 'device_type': 'lun'}] | device_type",
                "[{'boot_index': 0, 'source_type': 'volume', 'uuid': 'VOLUME', 'destination_type': 'volume',"
                        + " 'connection_info': {}}] | Additional properties",
            })
    void whatCannotBeBootedFromIsRefusedInNovasWordsAndReservesNothing(String devices, String words) {
        String volume = bootable();
        String blank = door.volume("{\"size\": 1}");
        VolumeDoor others = door.as(doors.http().tenant("member"));
        String filled = devices.replace('\'', '"')
                .replace("VOLUME", volume)
                .replace("BLANK", blank)
                .replace("OTHERS", others.volume("{\"size\": 1}"))
                .replace("IMAGE", doors.image(tenant).toString())
                .replace("NONE", UUID.randomUUID().toString());

        Answer answer = create("\"block_device_mapping_v2\": " + filled).expect(400);

        assertThat(answer.json().at("/badRequest/message").asText()).contains(words);
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("available");
    }

    @Test
    void volumesHaveThePlacesAndTagsThatTheRequestGivesThem() {
        String blank = "{\"source_type\": \"blank\", \"destination_type\": \"volume\", \"volume_size\": 1";

        String id =
                running("\"block_device_mapping_v2\": [{\"boot_index\": 0, \"source_type\": \"volume\", \"uuid\": \""
                        + bootable() + "\", \"destination_type\": \"volume\", \"disk_bus\": \"virtio\"}, "
                        + blank + "}, "
                        + blank + ", \"device_name\": \"/dev/sdb\", \"tag\": \"logs\"}, "
                        + blank + ", \"device_name\": \"/dev/vdf\", \"device_type\": \"disk\"}]");

        BootInstance boot = (BootInstance) workers.carriedOut(id).getFirst();
        assertThat(boot.spec().disks().stream().map(disk -> disk.target().value()))
                .containsExactly("vda", "vdc", "vdb", "vdf");
        Map<String, String> tags = attachments(id);
        assertThat(tags).containsEntry("/dev/vdb", "logs").containsEntry("/dev/vdf", "");
        String more = door.volume("{\"size\": 1}");
        doors.compute(
                        tenant,
                        "2.49",
                        "POST",
                        "/servers/" + id + "/os-volume_attachments",
                        "{\"volumeAttachment\": {\"volumeId\": \"" + more + "\", \"tag\": \"more\"}}")
                .expect(200);
        assertThat(attachments(id)).containsEntry("/dev/vdd", "more");
    }

    /// Tags by device.
    private Map<String, String> attachments(String server) {
        Map<String, String> tags = new TreeMap<>();
        doors.compute(tenant, "2.96", "GET", "/servers/" + server + "/os-volume_attachments", null)
                .expect(200)
                .json()
                .path("volumeAttachments")
                .forEach(found -> tags.put(
                        found.path("device").asText(), found.path("tag").asText("")));
        return tags;
    }

    @Test
    void aVolumeIsNotGivenToSeveralServersAtOnce() {
        create(root("volume", bootable(), "\"delete_on_termination\": false") + ", \"min_count\": 2")
                .expect(400);
    }

    @Test
    void parallelRequestsNeverGetMoreVolumesThanTheQuotaAllows() throws Exception {
        Tenant admin = doors.http().tenant("admin");
        doors.http()
                .call(
                        admin.token(),
                        "PUT",
                        "/volume/v3/" + admin.projectId() + "/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": {\"volumes\": 3, \"gigabytes\": 100}}")
                .expect(200);
        String image = doors.image(tenant).toString();
        List<Integer> answers = new ArrayList<>();
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> asked = IntStream.range(0, 8)
                    .mapToObj(number -> many.submit(() ->
                            create(root("image", image, "\"volume_size\": 1")).status()))
                    .toList();
            for (Future<Integer> one : asked) {
                answers.add(one.get());
            }
        }
        cloud.awaitQuiet();

        assertThat(answers.stream().filter(status -> status == 202)).hasSize(3);
        assertThat(answers.stream().filter(status -> status == 403)).hasSize(5);
        assertThat(door.show("/volumes", "volumes")).hasSize(3);
    }

    @Test
    void anImageOfItHoldsNoBytesAndBootsAgainFromSnapshotsOfAllItsVolumes() throws JsonProcessingException {
        String server =
                running("\"block_device_mapping_v2\": [{\"boot_index\": 0, \"source_type\": \"image\", \"uuid\": \""
                        + doors.image(tenant)
                        + "\", \"destination_type\": \"volume\", \"volume_size\": 1, \"delete_on_termination\": true},"
                        + " {\"source_type\": \"blank\", \"destination_type\": \"volume\", \"volume_size\": 2}]");

        String image = imageOf(server, "nightly");

        JsonNode shown = image(image);
        assertThat(shown.path("size").asLong(-1)).isZero();
        assertThat(shown.path("disk_format").asText()).isEqualTo("raw");
        assertThat(shown.path("container_format").asText()).isEqualTo("bare");
        assertThat(shown.path("checksum").asText()).isEqualTo("d41d8cd98f00b204e9800998ecf8427e");
        assertThat(shown.path("bdm_v2").asText()).isEqualTo("True");
        assertThat(shown.path("root_device_name").asText()).isEqualTo("/dev/vda");
        JsonNode devices =
                new ObjectMapper().readTree(shown.path("block_device_mapping").textValue());
        assertThat(devices).hasSize(2);
        assertThat(devices.at("/0/boot_index").asInt(-1)).isZero();
        assertThat(devices.at("/0/source_type").asText()).isEqualTo("snapshot");
        assertThat(devices.at("/0/delete_on_termination").asBoolean()).isTrue();
        assertThat(devices.at("/1/volume_size").asInt()).isEqualTo(2);
        assertThat(devices.get(0).has("connection_info")).isFalse();
        List<JsonNode> snapshots = List.of(
                door.show("/snapshots/" + devices.at("/0/snapshot_id").asText(), "snapshot"),
                door.show("/snapshots/" + devices.at("/1/snapshot_id").asText(), "snapshot"));
        assertThat(snapshots).extracting(found -> found.path("name").asText()).containsOnly("snapshot for nightly");
        assertThat(snapshots).extracting(found -> found.path("status").asText()).containsOnly("available");
        assertThat(workers.carriedOut(server))
                .filteredOn(ComputeCommand.CutVolumes.class::isInstance)
                .singleElement()
                .satisfies(cut ->
                        assertThat(((ComputeCommand.CutVolumes) cut).volumes()).hasSize(2));

        // Its own volumes go, but for one on which a snapshot stands.
        doors.compute(tenant, "DELETE", "/servers/" + server, null).expect(204);
        door.await("/volumes/" + snapshots.getFirst().path("volume_id").asText(), "volume", "available");
        String again = running("\"imageRef\": \"" + image + "\"");
        JsonNode volumes = doors.server(tenant, again).at("/os-extended-volumes:volumes_attached");
        assertThat(volumes).hasSize(2);
        assertThat(doors.server(tenant, again).path("image").asText("?")).isEmpty();
        String volume = door.volume("{\"imageRef\": \"" + image + "\", \"size\": 1}");
        assertThat(door.show("/volumes/" + volume, "volume").path("snapshot_id").asText())
                .isEqualTo(devices.at("/0/snapshot_id").asText());
        assertThat(door.show("/volumes/" + volume, "volume").path("bootable").asText())
                .isEqualTo("true");
    }

    @Test
    void anImageOfItThatFailsOrIsNotWantedLeavesNeitherImageNorSnapshot() {
        String server = running(root("image", doors.image(tenant).toString(), "\"volume_size\": 1"));
        workers.behave((id, command) -> command instanceof ComputeCommand.CutVolumes
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "full")))
                : Optional.empty());

        String image = began(server, "failing");
        cloud.awaitQuiet();

        doors.http().get(tenant.token(), "/image/v2/images/" + image).expect(404);
        assertThat(door.show("/snapshots", "snapshots")).isEmpty();
        doors.awaitStatus(tenant, server, "ACTIVE");
        assertThat(workers.carriedOut(server))
                .hasAtLeastOneElementOfType(ComputeCommand.DropCuts.class)
                .noneMatch(ComputeCommand.CaptureDisks.class::isInstance);
    }

    @Test
    void anImageOfItNeedsRoomForItsSnapshotsAndABackupIsRefused() {
        Tenant admin = doors.http().tenant("admin");
        String server = running(root("image", doors.image(tenant).toString(), "\"volume_size\": 1"));
        doors.http()
                .call(
                        admin.token(),
                        "PUT",
                        "/volume/v3/" + admin.projectId() + "/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": {\"snapshots\": 0}}")
                .expect(200);

        doors.act(tenant, server, "{\"createImage\": {\"name\": \"x\"}}").expect(403);
        doors.act(tenant, server, "{\"createBackup\": {\"name\": \"b\", \"backup_type\": \"daily\", \"rotation\": 1}}")
                .expect(400);
        assertThat(doors.http()
                        .get(tenant.token(), "/image/v2/images?name=x")
                        .expect(200)
                        .json()
                        .path("images"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not json",
                "{}",
                "[7]",
                "[{'boot_index': 0, 'source_type': 'snapshot', 'destination_type': 'volume', 'snapshot_id': 'SOMEBODYS'}]",
                "[{'boot_index': 0, 'source_type': 'volume', 'destination_type': 'volume', 'volume_id': '../../etc'}]",
                "[{'boot_index': '0', 'source_type': 7}]",
            })
    void anImageThatSomebodyGaveAMappingIsReadAsARequestOfTheCallers(String mapping) {
        VolumeDoor others = door.as(doors.http().tenant("member"));
        String theirs =
                others.made("/snapshots", "snapshot", "{\"volume_id\": \"" + others.volume("{\"size\": 1}") + "\"}");
        ImageId image = cloud.image(
                project(),
                Map.of(
                        "bdm_v2",
                        "True",
                        "block_device_mapping",
                        mapping.replace('\'', '"').replace("SOMEBODYS", theirs)));

        create("\"imageRef\": \"" + image + "\"").expect(400);
    }

    private ProjectId project() {
        return new ProjectId(tenant.projectId());
    }

    /// An image of a kernel.
    private String kernel() {
        return cloud.file(project()).toString();
    }

    private String bootable() {
        return door.volume("{\"imageRef\": \"" + doors.image(tenant) + "\", \"size\": 1}");
    }

    private static String root(String source, String uuid, String more) {
        return "\"block_device_mapping_v2\": [{\"boot_index\": 0, \"source_type\": \"" + source + "\", \"uuid\": \""
                + uuid + "\", \"destination_type\": \"volume\", " + more + "}]";
    }

    private Answer create(String how) {
        return doors.compute(
                tenant,
                "2.67",
                "POST",
                "/servers",
                "{\"server\": {\"name\": \"on-volume\", \"flavorRef\": \"1\", \"networks\": \"none\", " + how + "}}");
    }

    private String running(String how) {
        String id = create(how).expect(202).json().at("/server/id").asText();
        doors.awaitStatus(tenant, id, "ACTIVE");
        return id;
    }

    private String began(String server, String name) {
        return doors.compute(
                        tenant,
                        "2.45",
                        "POST",
                        "/servers/" + server + "/action",
                        "{\"createImage\": {\"name\": \"" + name + "\"}}")
                .expect(202)
                .json()
                .path("image_id")
                .asText();
    }

    private String imageOf(String server, String name) {
        String image = began(server, name);
        cloud.await(
                "the image is active",
                () -> image(image).path("status").asText().equals("active"));
        return image;
    }

    private JsonNode image(String id) {
        return doors.http()
                .get(tenant.token(), "/image/v2/images/" + id)
                .expect(200)
                .json();
    }
}
