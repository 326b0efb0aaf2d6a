package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Servers that are started from a disk beside their own.
@QuarkusTest
class RescuesIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private Tenant tenant;
    private String id;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        id = doors.running(tenant, "broken");
    }

    @Test
    void aServerIsRescuedAndRunsFromItsOwnDiskAgain() {
        JsonNode answer = doors.act(tenant, id, "{\"rescue\": {\"adminPass\": \"MySecretPass\"}}")
                .expect(200)
                .json();
        assertThat(answer.path("adminPass").asText()).isEqualTo("MySecretPass");
        doors.awaitStatus(tenant, id, "RESCUE");

        assertThat(doors.server(tenant, id).path("OS-EXT-STS:vm_state").asText())
                .isEqualTo("rescued");
        assertThat(doors.compute(tenant, "GET", "/servers?status=RESCUE", null)
                        .json()
                        .at("/servers/0/id")
                        .asText())
                .isEqualTo(id);
        ComputeCommand.RescueInstance rescue =
                (ComputeCommand.RescueInstance) workers.carriedOut(id).getLast();
        assertThat(rescue.disk().target()).isEqualTo(new DeviceName("vdz"));
        assertThat(rescue.boot()).isEqualTo(new Boot.FromDiskAt(new DeviceName("vdz")));
        for (String action : new String[] {
            "{\"reboot\": {\"type\": \"HARD\"}}",
            "{\"rebuild\": {\"imageRef\": \"" + doors.image(tenant) + "\"}}",
            "{\"rescue\": null}",
            "{\"os-stop\": null}",
            "{\"createImage\": {\"name\": \"no\"}}"
        }) {
            doors.act(tenant, id, action).expect(409);
        }

        doors.act(tenant, id, "{\"unrescue\": null}").expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        assertThat(workers.carriedOut(id))
                .extracting(command -> command.getClass().getSimpleName())
                .containsExactly("BootInstance", "ChangePower", "RescueInstance", "UnrescueInstance", "ChangePower");
        doors.act(tenant, id, "{\"unrescue\": null}").expect(409);
    }

    @Test
    void aRescueThatFailsLeavesTheServerRunning() {
        workers.behave((command, about) -> about instanceof ComputeCommand.RescueInstance
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.INTERNAL, "no")))
                : Optional.empty());

        doors.act(tenant, id, "{\"rescue\": null}").expect(200);
        cloud.awaitQuiet();

        doors.awaitStatus(tenant, id, "ACTIVE");
        assertThat(workers.carriedOut(id).getLast())
                .isInstanceOfSatisfying(ComputeCommand.ChangePower.class, last -> assertThat(last.action())
                        .isEqualTo(PowerAction.START));
    }

    @Test
    void onlyWhatCanBootRescuesAndOnlyOnesOwn() {
        doors.act(tenant, id, "{\"rescue\": {\"rescue_image_ref\": \"" + UUID.randomUUID() + "\"}}")
                .expect(400);
        doors.act(tenant, id, "{\"rescue\": {\"rescue_image_ref\": \"../x\"}}").expect(400);
        doors.act(tenant, id, "{\"rescue\": {\"other\": 1}}").expect(400);
        doors.act(doors.http().tenant("member"), id, "{\"rescue\": null}").expect(404);
        doors.act(doors.http().tenant("reader"), id, "{\"rescue\": null}").expect(403);
        doors.act(tenant, id, "{\"pause\": null}").expect(202);
        doors.awaitStatus(tenant, id, "PAUSED");
        doors.act(tenant, id, "{\"rescue\": null}").expect(409);
    }
}
