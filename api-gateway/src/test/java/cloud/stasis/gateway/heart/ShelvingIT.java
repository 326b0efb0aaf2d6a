package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Servers that are taken off their hosts and put back.
@QuarkusTest
class ShelvingIT {
    private static final String SHELVED = "SHELVED_OFFLOADED";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private Tenant tenant;
    private VolumeDoor volumes;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        volumes = new VolumeDoor(doors, cloud, tenant);
    }

    @Test
    void aServerGoesOnTheShelfAndComesBack() {
        String id = doors.running(tenant, "web");

        shelve(id);

        JsonNode shown = doors.server(tenant, id);
        assertThat(shown.path("OS-EXT-STS:vm_state").asText()).isEqualTo("shelved_offloaded");
        assertThat(shown.path("OS-EXT-STS:power_state").asInt()).isEqualTo(4);
        assertThat(shown.path("hostId").asText()).isEmpty();
        assertThat(doors.compute(tenant, "GET", "/servers?status=SHELVED_OFFLOADED", null)
                        .json()
                        .at("/servers/0/id")
                        .asText())
                .isEqualTo(id);
        JsonNode image = shelf("web");
        assertThat(image.path("status").asText()).isEqualTo("active");
        assertThat(doors.http()
                        .call(
                                tenant.token(),
                                "DELETE",
                                "/image/v2/images/" + image.path("id").asText(),
                                null)
                        .status())
                .isEqualTo(403);
        for (String action : new String[] {"shelve", "os-start", "os-stop", "suspend", "pause"}) {
            doors.act(tenant, id, "{\"" + action + "\": null}").expect(409);
        }

        doors.act(tenant, id, "{\"unshelve\": null}").expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        assertThat(workers.carriedOut(id))
                .extracting(command -> command.getClass().getSimpleName())
                .containsExactly("BootInstance", "ChangePower", "CaptureDisks", "DeleteInstance", "BootInstance");
        assertThat(lastBoot(id).spec().disks().getFirst().source())
                .isEqualTo(new DiskSource.OverImage(FakeWorkers.content(FakeWorkers.DISK)));
        assertThat(shelf("web").isMissingNode()).isTrue();
        doors.act(tenant, id, "{\"unshelve\": null}").expect(409);
    }

    @Test
    void aServerIsPutWhereAnOperatorSaysAndAZoneOfNullIsNoWish() {
        String id = doors.running(tenant, "moved");
        Tenant operator = doors.http().member(tenant.projectId(), tenant.projectName(), "admin");
        shelve(id);

        unshelve(tenant, "2.77", id, "{\"availability_zone\": null}", 400);
        unshelve(tenant, "2.77", id, "{\"host\": \"host-1\"}", 400);
        unshelve(tenant, "2.91", id, "{}", 400);
        unshelve(tenant, "2.91", id, "{\"availability_zone\": \"mars\"}", 400);
        unshelve(tenant, "2.91", id, "{\"host\": \"host-1\"}", 403);
        unshelve(operator, "2.91", id, "{\"host\": \"nowhere\"}", 400);
        unshelve(operator, "2.91", id, "{\"host\": \"../etc\"}", 400);
        unshelve(operator, "2.91", id, "{\"host\": \"host-1\", \"availability_zone\": null}", 202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        shelve(id);
        unshelve(tenant, "2.91", id, "{\"availability_zone\": null}", 202);
        doors.awaitStatus(tenant, id, "ACTIVE");
        shelve(id);
        unshelve(tenant, "2.77", id, "{\"availability_zone\": \"nova\"}", 202);
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    private void unshelve(Tenant who, String version, String id, String to, int status) {
        doors.compute(who, version, "POST", "/servers/" + id + "/action", "{\"unshelve\": " + to + "}")
                .expect(status);
    }

    @Test
    void volumesComeAndGoOnTheShelf() {
        String id = doors.running(tenant, "db");
        String stays = volumes.volume("{\"size\": 1}");
        String goes = volumes.volume("{\"size\": 1}");
        attach(id, goes);
        shelve(id);

        attach(id, stays);
        doors.compute(tenant, "DELETE", "/servers/" + id + "/os-volume_attachments/" + goes, null)
                .expect(202);

        assertThat(volumes.status("/volumes/" + stays, "volume")).isEqualTo("in-use");
        assertThat(volumes.status("/volumes/" + goes, "volume")).isEqualTo("available");
        volumes.made("/snapshots", "snapshot", "{\"volume_id\": \"" + stays + "\", \"force\": true}");
        doors.act(tenant, id, "{\"unshelve\": {}}").expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");
        assertThat(lastBoot(id).spec().disks())
                .extracting(disk -> disk.source().toString())
                .hasSize(2)
                .last()
                .asString()
                .contains(stays);
    }

    @Test
    void aDeletedServerTakesItsShelfAlongAndGivesVolumesBack() {
        String id = doors.running(tenant, "gone");
        String volume = volumes.volume("{\"size\": 1}");
        attach(id, volume);
        shelve(id);

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        cloud.await(
                "it is gone",
                () -> doors.compute(tenant, "GET", "/servers/" + id, null).status() == 404);

        assertThat(volumes.status("/volumes/" + volume, "volume")).isEqualTo("available");
        assertThat(shelf("gone").isMissingNode()).isTrue();
    }

    @Test
    void aServerThatCannotBeCapturedGoesOn() {
        String id = doors.running(tenant, "kept");
        fails(ComputeCommand.CaptureDisks.class);

        doors.act(tenant, id, "{\"shelve\": null}").expect(202);
        cloud.awaitQuiet();

        doors.awaitStatus(tenant, id, "ACTIVE");
        assertThat(shelf("kept").isMissingNode()).isTrue();
        assertThat(workers.carriedOut(id)).noneMatch(ComputeCommand.DeleteInstance.class::isInstance);
    }

    @Test
    void aServerThatCannotBootStaysOnTheShelf() {
        String id = doors.running(tenant, "stuck");
        shelve(id);
        fails(ComputeCommand.BootInstance.class);

        doors.act(tenant, id, "{\"unshelve\": null}").expect(202);
        cloud.awaitQuiet();

        doors.awaitStatus(tenant, id, SHELVED);
        assertThat(doors.server(tenant, id).path("hostId").asText()).isEmpty();
        workers.behave(FakeWorkers.Manners.GOOD);
        doors.act(tenant, id, "{\"unshelve\": null}").expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void aServerWithUefiComesBackWithWhatItsFirmwareKept() {
        ImageId image = cloud.image(new ProjectId(tenant.projectId()), Map.of("hw_firmware_type", "uefi"));
        String id = doors.compute(tenant, "POST", "/servers", """
                        {"server": {"name": "firm", "imageRef": "%s", "flavorRef": "1"}}
                        """.formatted(image))
                .expect(202)
                .json()
                .at("/server/id")
                .asText();
        doors.awaitStatus(tenant, id, "ACTIVE");
        assertThat(lastBoot(id).kept()).isEmpty();

        shelve(id);
        doors.act(tenant, id, "{\"unshelve\": null}").expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        assertThat(lastBoot(id).kept())
                .map(Content::size)
                .as("the device archive")
                .contains(ByteCount.ofBytes(700));
    }

    @Test
    void aServerWithATpmIsNotShelved() {
        Tenant admin = doors.http().tenant("admin");
        doors.compute(admin, "POST", "/flavors", """
                        {"flavor": {"id": "with-tpm", "name": "with-tpm", "vcpus": 1, "ram": 256, "disk": 1}}""").expect(200);
        doors.compute(admin, "POST", "/flavors/with-tpm/os-extra_specs", """
                        {"extra_specs": {"hw:tpm_version": "2.0"}}""").expect(200);
        String id = doors.compute(tenant, "POST", "/servers", """
                        {"server": {"name": "sealed", "imageRef": "%s", "flavorRef": "with-tpm"}}
                        """.formatted(doors.image(tenant)))
                .expect(202)
                .json()
                .at("/server/id")
                .asText();
        doors.awaitStatus(tenant, id, "ACTIVE");

        doors.act(tenant, id, "{\"shelve\": null}").expect(400);

        assertThat(doors.server(tenant, id).path("status").asText()).isEqualTo("ACTIVE");
    }

    @Test
    void onlyOperatorsMayOffloadAndThereIsNothingToOffload() {
        String id = doors.running(tenant, "off");
        shelve(id);

        doors.act(tenant, id, "{\"shelveOffload\": null}").expect(403);
        doors.act(doors.http().tenant("admin"), id, "{\"shelveOffload\": null}").expect(409);
    }

    private void shelve(String id) {
        doors.act(tenant, id, "{\"shelve\": null}").expect(202);
        doors.awaitStatus(tenant, id, SHELVED);
    }

    private void attach(String id, String volume) {
        doors.compute(
                        tenant,
                        "POST",
                        "/servers/" + id + "/os-volume_attachments",
                        "{\"volumeAttachment\": {\"volumeId\": \"" + volume + "\"}}")
                .expect(200);
        volumes.await("/volumes/" + volume, "volume", "in-use");
    }

    private JsonNode shelf(String server) {
        return doors.http()
                .call(tenant.token(), "GET", "/image/v2/images?name=" + server + "-shelved", null)
                .expect(200)
                .json()
                .at("/images/0");
    }

    private ComputeCommand.BootInstance lastBoot(String id) {
        return workers.carriedOut(id).stream()
                .filter(ComputeCommand.BootInstance.class::isInstance)
                .map(ComputeCommand.BootInstance.class::cast)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private void fails(Class<? extends Command> kind) {
        workers.behave((id, command) -> kind.isInstance(command)
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.INTERNAL, "no")))
                : Optional.empty());
    }
}
