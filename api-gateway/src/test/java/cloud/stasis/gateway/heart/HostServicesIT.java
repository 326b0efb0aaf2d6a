package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What operators say of hosts, and what comes of it.
@QuarkusTest
class HostServicesIT {
    private static final String HOST = FakeWorkers.HOST.value();
    private static final String NAMED = "\"host\": \"" + HOST + "\", \"binary\": \"nova-compute\"";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    private Tenant tenant;
    private Tenant operator;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        operator = doors.http().tenant("admin");
    }

    @AfterEach
    void enable() {
        cloud.change("update host set takes_servers = true, disabled_reason = null, forced_down = false");
    }

    @Test
    void nothingNewComesToADisabledHostAndWhatIsThereStays() {
        String server = doors.running(tenant, "stays");
        cloud.change("update host set takes_servers = false where id <> ?1", HOST);
        change("{\"status\": \"disabled\", \"disabled_reason\": \"new disks\"}").expect(200);

        String homeless = created();
        doors.awaitStatus(tenant, homeless, "ERROR");
        assertThat(doors.server(tenant, homeless).at("/fault/message").asText()).startsWith("No valid host");
        doors.act(tenant, server, "{\"reboot\": {\"type\": \"SOFT\"}}").expect(202);
        doors.awaitStatus(tenant, server, "ACTIVE");
        assertThat(service().path("status").asText()).isEqualTo("disabled");
        assertThat(service().path("disabled_reason").asText()).isEqualTo("new disks");
        JsonNode hypervisor = doors.compute(operator, "2.53", "GET", "/os-hypervisors/detail", null)
                .expect(200)
                .json()
                .at("/hypervisors/0");
        assertThat(hypervisor.path("status").asText()).isEqualTo("disabled");
        assertThat(hypervisor.at("/service/disabled_reason").asText()).isEqualTo("new disks");

        change("{\"status\": \"enabled\"}").expect(200);
        assertThat(service().path("disabled_reason").isNull()).isTrue();
        doors.awaitStatus(tenant, created(), "ACTIVE");
    }

    @Test
    void aHostThatIsSaidToBeDownCountsAsDownWhateverItTells() {
        JsonNode down = change("{\"forced_down\": true}").expect(200).json().path("service");
        assertThat(down.path("state").asText()).isEqualTo("down");
        assertThat(down.path("status").asText()).isEqualTo("enabled");

        doors.open();
        assertThat(service().path("state").asText()).isEqualTo("down");
        change("{\"forced_down\": false}").expect(200);
        assertThat(service().path("state").asText()).isEqualTo("up");
    }

    @Test
    void olderClientsNameTheHost() {
        JsonNode disabled = byName("disable-log-reason", "{" + NAMED + ", \"disabled_reason\": \"old\"}", 200)
                .path("service");
        assertThat(disabled.path("status").asText()).isEqualTo("disabled");
        assertThat(disabled.path("disabled_reason").asText()).isEqualTo("old");
        assertThat(service().path("disabled_reason").asText()).isEqualTo("old");

        byName("disable", "{" + NAMED + "}", 200);
        assertThat(service().path("disabled_reason").isNull()).isTrue();
        assertThat(byName("enable", "{" + NAMED + "}", 200)
                        .at("/service/status")
                        .asText())
                .isEqualTo("enabled");
        assertThat(service().path("status").asText()).isEqualTo("enabled");
        byName("force-down", "{" + NAMED + ", \"forced_down\": true}", 200);
        assertThat(service().path("state").asText()).isEqualTo("down");

        byName("enable", "{\"host\": \"nowhere\", \"binary\": \"nova-compute\"}", 404);
        byName("enable", "{\"host\": \"" + HOST + "\", \"binary\": \"nova-scheduler\"}", 404);
        byName("shake", "{" + NAMED + "}", 404);
        byName("enable", "{" + NAMED + ", \"more\": 1}", 400);
        doors.compute(operator, "PUT", "/os-services/force-down", "{" + NAMED + ", \"forced_down\": true}")
                .expect(404);
        doors.compute(operator, "2.53", "PUT", "/os-services/enable", "{" + NAMED + "}")
                .expect(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"status\": \"busy\"}",
                "{\"status\": \"enabled\", \"disabled_reason\": \"x\"}",
                "{\"disabled_reason\": \"x\"}",
                "{\"forced_down\": \"perhaps\"}",
                "{\"status\": \"disabled\", \"more\": 1}"
            })
    void whatMakesNoSenseIsRefused(String body) {
        change(body).expect(400);
        assertThat(service().path("status").asText()).isEqualTo("enabled");
    }

    @Test
    void servicesAreFoundByHostAndBinaryAndChangedByOperators() {
        assertThat(listed("?host=" + HOST + "&binary=nova-compute")).hasSize(1);
        assertThat(listed("?host=nowhere")).isEmpty();
        assertThat(listed("?binary=nova-scheduler")).isEmpty();
        String path = "/os-services/" + service().path("id").asText();
        doors.compute(tenant, "2.53", "PUT", path, "{\"status\": \"disabled\"}").expect(403);
        doors.compute(
                        operator,
                        "2.53",
                        "PUT",
                        "/os-services/00000000-0000-0000-0000-000000000000",
                        "{\"status\": \"disabled\"}")
                .expect(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.1", "2.53"})
    void aHostThatIsNoMoreIsForgotten(String version) {
        add("gone", Instant.EPOCH);

        forget(version, idOf(version, "gone")).expect(204);

        assertThat(listed("?host=gone")).isEmpty();
        assertThat(listed("?host=" + HOST)).hasSize(1);
    }

    @Test
    void aHostThatLivesOrCarriesServersIsKept() {
        add("living", Instant.now());
        assertThat(forget("2.53", idOf("2.53", "living")).expect(409).text()).contains("is up");
        cloud.change("delete from host where id = 'living'");
        String id = idOf("2.53", HOST);
        doors.running(tenant, "is-there");
        change("{\"forced_down\": true}").expect(200);
        assertThat(forget("2.53", id).expect(409).text()).contains("hosting instances");

        forget("2.53", "0").expect(400);
        forget("2.1", "0").expect(404);
        forget("2.53", "00000000-0000-0000-0000-000000000000").expect(404);
        doors.compute(tenant, "2.53", "DELETE", "/os-services/" + id, null).expect(403);
        assertThat(listed("?host=" + HOST)).hasSize(1);
    }

    private void add(String host, Instant seen) {
        cloud.change(
                "insert into host (id, data_url, hypervisor, virt_type, vcpus, memory_bytes, disk_total_bytes,"
                        + " disk_free_bytes, first_seen, last_seen) select ?1, data_url, hypervisor, virt_type, vcpus,"
                        + " memory_bytes, disk_total_bytes, disk_free_bytes, first_seen, ?2 from host where id = ?3",
                host,
                seen,
                HOST);
    }

    private Answer forget(String version, String id) {
        return doors.compute(operator, version, "DELETE", "/os-services/" + id, null);
    }

    private String idOf(String version, String host) {
        return doors.compute(operator, version, "GET", "/os-services?host=" + host, null)
                .expect(200)
                .json()
                .at("/services/0/id")
                .asText();
    }

    private Answer change(String body) {
        return doors.compute(
                operator, "2.53", "PUT", "/os-services/" + service().path("id").asText(), body);
    }

    private JsonNode byName(String action, String body, int status) {
        return doors.compute(operator, "2.11", "PUT", "/os-services/" + action, body)
                .expect(status)
                .json();
    }

    private JsonNode service() {
        return listed("?host=" + HOST).get(0);
    }

    private JsonNode listed(String query) {
        return doors.compute(operator, "2.53", "GET", "/os-services" + query, null)
                .expect(200)
                .json()
                .path("services");
    }

    private String created() {
        return doors.created(tenant, "new");
    }
}
