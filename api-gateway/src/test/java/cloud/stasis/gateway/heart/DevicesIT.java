package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Network interfaces and media of servers through the doors, and what a revert does with them and with volumes.
@QuarkusTest
class DevicesIT {
    private static final String NET = TestCloud.NETWORK_ID;

    @Inject
    Doors doors;

    @Inject
    SnapshotDoors snapshots;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private VolumeDoor door;
    private String server;

    @BeforeEach
    void open() {
        doors.open();
        door = new VolumeDoor(doors, cloud, doors.http().tenant("member"));
        server = booted("[{\"uuid\": \"" + NET + "\"}]");
    }

    private String booted(String networks) {
        String id = created(networks).expect(202).json().at("/server/id").asText();
        doors.awaitStatus(door.tenant(), id, "ACTIVE");
        return id;
    }

    private Answer created(String networks) {
        return doors.compute(
                door.tenant(), "2.37", "POST", "/servers", """
                {"server": {"name": "plugged", "imageRef": "%s", "flavorRef": "1", "networks": %s}}
                """.formatted(doors.image(door.tenant()), networks));
    }

    @Test
    void networksAreListedAsOldClientsLookForThem() {
        JsonNode network = doors.compute(door.tenant(), "GET", "/os-networks", null)
                .expect(200)
                .json()
                .at("/networks/0");
        assertThat(network.path("label").asText()).isEqualTo("private");
        assertThat(network.path("cidr").asText()).isEqualTo("10.77.0.0/29");
        doors.compute(door.tenant(), "2.36", "GET", "/os-networks", null).expect(404);
    }

    @Test
    void aServerIsPluggedInAndShowsItsAddress() {
        JsonNode nic = interfaces().get(0);
        assertThat(nic.path("port_state").asText()).isEqualTo("ACTIVE");
        assertThat(nic.at("/fixed_ips/0/ip_address").asText()).startsWith("10.77.0.");
        assertThat(doors.server(door.tenant(), server).at("/addresses/private/0/OS-EXT-IPS-MAC:mac_addr"))
                .isEqualTo(nic.path("mac_addr"));
        assertThat(booted().spec().nics()).hasSize(1);
        assertThat(booted().spec().drives()).hasSize(1);
        assertThat(doors.server(door.tenant(), booted("\"none\"")).path("addresses"))
                .isEmpty();
        created("[{\"uuid\": \"nowhere\"}]").expect(400);
        delete();
    }

    @Test
    void anInterfaceComesAndGoes() {
        JsonNode made = interfaces(
                        "POST",
                        "",
                        "{\"interfaceAttachment\": {\"net_id\": \"" + NET
                                + "\", \"fixed_ips\": [{\"ip_address\": \"10.77.0.6\"}]}}")
                .expect(200)
                .json()
                .path("interfaceAttachment");
        cloud.awaitQuiet();
        assertThat(interfaces()).hasSize(2);
        interfaces(
                        "POST",
                        "",
                        "{\"interfaceAttachment\": {\"net_id\": \"" + NET
                                + "\", \"fixed_ips\": [{\"ip_address\": \"10.77.0.6\"}]}}")
                .expect(409);

        workers.behave((id, command) -> command instanceof ComputeCommand.DetachNic
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.GUEST_REFUSED, "no")))
                : Optional.empty());
        interfaces("DELETE", "/" + made.path("port_id").asText(), null).expect(202);
        cloud.awaitQuiet();
        assertThat(interfaces()).hasSize(2);
        workers.behave((id, command) -> Optional.empty());
        interfaces("DELETE", "/" + made.path("port_id").asText(), null).expect(202);
        cloud.awaitQuiet();
        assertThat(interfaces()).hasSize(1);
        interfaces("DELETE", "/" + made.path("port_id").asText(), null).expect(404);
        delete();
    }

    @Test
    void addressesOfDeletedServersAreFree() {
        delete();
        for (int round = 0; round < 6; round++) {
            server = booted("\"auto\"");
            delete();
        }
    }

    @Test
    void mediaAreChangedAndCablesArePulled() {
        String image = cloud.file(new ProjectId(door.tenant().projectId())).toString();
        drive("PUT", "{\"image\": \"" + image + "\"}");
        assertThat(drives().at("/drives/0/image").asText()).isEqualTo(image);
        drive("DELETE", null);
        assertThat(drives().at("/drives/0/image").isNull()).isTrue();

        String port = interfaces().get(0).path("port_id").asText();
        job("PUT", "/links/" + port, "{\"state\": \"down\"}");
        assertThat(workers.carriedOut(server))
                .anyMatch(command -> command instanceof ComputeCommand.SetLink set && set.link() == Link.DOWN);
        delete();
    }

    @Test
    void aRevertBringsDevicesBackAndFreesWhatCameLater() {
        String kept = door.volume("{\"size\": 1}");
        String later = door.volume("{\"size\": 1}");
        attach(kept);
        String port = interfaces().get(0).path("port_id").asText();
        String snapshot = snapshots.taken(door.tenant(), server, "then", true);

        detach(kept);
        attach(later);
        interfaces("DELETE", "/" + port, null).expect(202);
        cloud.awaitQuiet();
        interfaces("POST", "", "{\"interfaceAttachment\": {\"net_id\": \"" + NET + "\"}}")
                .expect(200);
        cloud.awaitQuiet();
        String laterPort = interfaces().get(0).path("port_id").asText();

        snapshots.reverted(door.tenant(), snapshot, "{}");
        cloud.awaitQuiet();
        assertThat(interfaces().findValuesAsText("port_id")).containsExactly(port);
        door.await("/volumes/" + kept, "volume", "in-use");
        door.await("/volumes/" + later, "volume", "available");
        ComputeCommand.RevertInstance revert = workers.carriedOut(server).stream()
                .filter(ComputeCommand.RevertInstance.class::isInstance)
                .map(ComputeCommand.RevertInstance.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(revert.spec().nics())
                .extracting(NicSpec::port)
                .extracting(Object::toString)
                .containsExactly(port);

        assertThat(door.show("/snapshots?volume_id=" + kept, "snapshots").findValuesAsText("name"))
                .as("what the volume held just before")
                .containsExactly("before revert to then");
        assertThat(workers.carriedOut(kept)).hasAtLeastOneElementOfType(VolumeCommand.SnapshotVolume.class);

        snapshots.undone(door.tenant(), server);
        cloud.awaitQuiet();
        assertThat(interfaces().findValuesAsText("port_id")).containsExactly(laterPort);
        door.await("/volumes/" + kept, "volume", "available");
        door.await("/volumes/" + later, "volume", "in-use");
        delete();
    }

    @Test
    void aRevertIsRefusedWithReasonsBeforeAnythingIsTouched() {
        String volume = door.volume("{\"size\": 1}");
        attach(volume);
        String snapshot = snapshots.taken(door.tenant(), server, "then", true);
        detach(volume);
        String other = doors.running(door.tenant(), "other");
        doors.compute(
                        door.tenant(),
                        "POST",
                        "/servers/" + other + "/os-volume_attachments",
                        "{\"volumeAttachment\": {\"volumeId\": \"" + volume + "\"}}")
                .expect(200);
        cloud.awaitQuiet();

        assertThat(doors.snapshot(door.tenant(), "POST", "/snapshots/" + snapshot + "/revert", "{}")
                        .expect(409)
                        .text())
                .contains(volume, other);
        assertThat(doors.snapshot(door.tenant(), "GET", "/snapshots/" + snapshot + "/verdict", null)
                        .expect(200)
                        .text())
                .contains(other);
        assertThat(workers.carriedOut(server)).noneMatch(ComputeCommand.RevertInstance.class::isInstance);
        delete();
    }

    @Test
    void aRevertThatFailsLeavesEachVolumeAndInterfaceWhatItWas() {
        String came = door.volume("{\"size\": 1}");
        String left = door.volume("{\"size\": 1}");
        attach(left);
        String snapshot = snapshots.taken(door.tenant(), server, "then", true);
        detach(left);
        attach(came);
        workers.behave((id, command) -> command instanceof ComputeCommand.RevertInstance
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.WRONG_STATE, "no")))
                : Optional.empty());

        doors.snapshot(door.tenant(), "POST", "/snapshots/" + snapshot + "/revert", "{}")
                .expect(202);
        cloud.awaitQuiet();

        assertThat(door.status("/volumes/" + came, "volume")).isEqualTo("in-use");
        assertThat(door.status("/volumes/" + left, "volume")).isEqualTo("available");
        assertThat(door.show("/snapshots?volume_id=" + left, "snapshots")).isEmpty();
        assertThat(interfaces()).hasSize(1);
        delete();
    }

    @Test
    void aCloneHasInterfacesOfItsOwn() {
        String snapshot = snapshots.taken(door.tenant(), server, "then", true);
        for (String identity : List.of("isolate", "regenerate")) {
            doors.snapshot(door.tenant(), "POST", "/snapshots/" + snapshot + "/clone", """
                            {"name": "copy", "memory": true, "identity": "%s"}
                            """.formatted(identity))
                    .expect(202);
            cloud.awaitQuiet();
        }
        List<NicSpec> copies = workers.carriedOut().stream()
                .filter(ComputeCommand.CloneInstance.class::isInstance)
                .map(ComputeCommand.CloneInstance.class::cast)
                .filter(clone -> clone.snapshot().toString().equals(snapshot))
                .map(clone -> clone.spec().nics().getFirst())
                .toList();
        NicSpec own = booted().spec().nics().getFirst();
        assertThat(copies).extracting(NicSpec::link).containsExactly(Link.DOWN, Link.DOWN);
        assertThat(copies.get(0).mac()).isEqualTo(own.mac());
        assertThat(copies.get(0).fixedAddress()).isEmpty();
        assertThat(copies.get(1).mac()).isNotEqualTo(own.mac());
        assertThat(copies.get(1).fixedAddress()).isPresent().isNotEqualTo(own.fixedAddress());
        delete();
    }

    private ComputeCommand.BootInstance booted() {
        return workers.carriedOut(server).stream()
                .filter(ComputeCommand.BootInstance.class::isInstance)
                .map(ComputeCommand.BootInstance.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private void attach(String volume) {
        doors.compute(
                        door.tenant(),
                        "POST",
                        "/servers/" + server + "/os-volume_attachments",
                        "{\"volumeAttachment\": {\"volumeId\": \"" + volume + "\"}}")
                .expect(200);
        door.await("/volumes/" + volume, "volume", "in-use");
    }

    private void detach(String volume) {
        doors.compute(door.tenant(), "DELETE", "/servers/" + server + "/os-volume_attachments/" + volume, null)
                .expect(202);
        door.await("/volumes/" + volume, "volume", "available");
    }

    /// Its address is for the next test.
    private void delete() {
        doors.compute(door.tenant(), "GET", "/servers", null)
                .expect(200)
                .json()
                .path("servers")
                .forEach(each -> doors.compute(
                                door.tenant(),
                                "DELETE",
                                "/servers/" + each.path("id").asText(),
                                null)
                        .expect(204));
        cloud.awaitQuiet();
    }

    private JsonNode interfaces() {
        return interfaces("GET", "", null).expect(200).json().path("interfaceAttachments");
    }

    private Answer interfaces(String method, String path, String body) {
        return doors.compute(door.tenant(), method, "/servers/" + server + "/os-interface" + path, body);
    }

    private JsonNode drives() {
        return doors.snapshot(door.tenant(), "GET", "/servers/" + server + "/drives", null)
                .expect(200)
                .json();
    }

    private void drive(String method, String body) {
        job(method, "/drives/hda", body);
    }

    private void job(String method, String path, String body) {
        String job = doors.snapshot(door.tenant(), method, "/servers/" + server + path, body)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(door.tenant(), job).path("status").asText()).isEqualTo("succeeded");
    }
}
