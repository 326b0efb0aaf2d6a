package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// For how long there were servers, and what running ones are made of.
@QuarkusTest
class UsageIT {
    private static final String OCTOBER = "?start=2025-10-01T00:00:00&end=2025-11-01T00:00:00";

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

    @Test
    void aProjectHasUsedWhatItsServersTookWhileTheyWereThere() {
        String gone = server("2025-09-30 12:00:00", "2025-10-01 10:00:00");
        String still = server("2025-10-31 00:00:00", null);
        server("2025-11-02 00:00:00", null);
        server("2025-09-01 00:00:00", "2025-09-02 00:00:00");

        JsonNode usage =
                usage(tenant, "/" + tenant.projectId() + OCTOBER, "2.1").path("tenant_usage");

        assertThat(usage.path("server_usages").findValuesAsText("instance_id")).containsExactlyInAnyOrder(gone, still);
        assertThat(usage.path("total_hours").asDouble()).isCloseTo(10 + 24, within(0.001));
        JsonNode one = usage.path("server_usages").get(0);
        int vcpus = one.path("vcpus").asInt();
        assertThat(usage.path("total_vcpus_usage").asDouble()).isCloseTo(34.0 * vcpus, within(0.001));
        assertThat(usage.path("total_memory_mb_usage").asDouble())
                .isCloseTo(34.0 * one.path("memory_mb").asInt(), within(0.001));
        assertThat(usage.path("start").asText()).isEqualTo("2025-10-01T00:00:00.000000");
        for (JsonNode each : usage.path("server_usages")) {
            boolean over = each.path("instance_id").asText().equals(gone);
            assertThat(each.path("state").asText()).isEqualTo(over ? "terminated" : "active");
            assertThat(each.path("ended_at").isNull()).isEqualTo(!over);
            assertThat(each.path("hours").asDouble()).isCloseTo(over ? 10 : 24, within(0.001));
        }
    }

    @Test
    void operatorsSeeWhatEachProjectUsedAndTenantsWhatIsTheirs() {
        server("2025-10-31 00:00:00", null);

        JsonNode usages = usage(operator, OCTOBER, "2.1").path("tenant_usages");
        assertThat(usages.findValuesAsText("tenant_id")).contains(tenant.projectId());
        assertThat(usages.findValues("server_usages")).isEmpty();
        assertThat(usage(operator, OCTOBER + "&detailed=1", "2.1").findValues("server_usages"))
                .isNotEmpty();
        doors.compute(tenant, "GET", "/os-simple-tenant-usage" + OCTOBER, null).expect(403);
        doors.compute(tenant, "GET", "/os-simple-tenant-usage/" + operator.projectId(), null)
                .expect(403);
        assertThat(usage(tenant, "/" + tenant.projectId() + "?start=2024-01-01T00:00:00&end=2024-02-01T00:00:00", "2.1")
                        .path("tenant_usage"))
                .isEmpty();
    }

    @Test
    void pagesTogetherAreTheWhole() {
        for (int count = 0; count < 3; count++) {
            server("2025-10-31 00:00:00", null);
        }
        String path = "/" + tenant.projectId() + OCTOBER + "&limit=2";

        JsonNode first = usage(tenant, path, "2.40");
        String last = first.at("/tenant_usage/server_usages/1/instance_id").asText();
        assertThat(first.at("/tenant_usage_links/0/href").asText()).contains("marker=" + last);
        JsonNode second = usage(tenant, path + "&marker=" + last, "2.40");

        assertThat(first.at("/tenant_usage/total_hours").asDouble()).isCloseTo(48, within(0.001));
        assertThat(second.at("/tenant_usage/total_hours").asDouble()).isCloseTo(24, within(0.001));
        assertThat(second.has("tenant_usage_links")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"?start=yesterday", "?start=2025-11-01T00:00:00&end=2025-10-01T00:00:00", "?limit=x", "?marker=x"
            })
    void whatMakesNoSenseIsRefused(String query) {
        doors.compute(tenant, "2.40", "GET", "/os-simple-tenant-usage/" + tenant.projectId() + query, null)
                .expect(400);
    }

    @Test
    void operatorsSeeWhatARunningServerIsMadeOf() {
        String id = doors.running(tenant, "watched");

        JsonNode shown = doors.compute(operator, "2.48", "GET", "/servers/" + id + "/diagnostics", null)
                .expect(200)
                .json();

        assertThat(shown.path("state").asText()).isEqualTo("running");
        assertThat(shown.path("hypervisor").asText()).isEqualTo("qemu");
        assertThat(shown.path("cpu_details")).hasSize(shown.path("num_cpus").asInt());
        assertThat(shown.path("disk_details")).hasSize(shown.path("num_disks").asInt());
        assertThat(shown.at("/disk_details/0/read_bytes").isNull()).isTrue();
        assertThat(doors.compute(operator, "GET", "/servers/" + id + "/diagnostics", null)
                        .expect(200)
                        .json()
                        .path("memory")
                        .asLong())
                .isEqualTo(shown.at("/memory_details/maximum").asLong() * 1024);
        doors.compute(tenant, "2.48", "GET", "/servers/" + id + "/diagnostics", null)
                .expect(403);
        doors.act(tenant, id, "{\"os-stop\": null}").expect(202);
        doors.awaitStatus(tenant, id, "SHUTOFF");
        doors.compute(operator, "2.48", "GET", "/servers/" + id + "/diagnostics", null)
                .expect(409);
    }

    /// One that ran at another time than now.
    private String server(String from, String until) {
        String id = doors.running(tenant, "used");
        cloud.change("update instance set launched_at = ?1 where id = ?2", from, id);
        if (until != null) {
            doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
            cloud.await(
                    "it is gone",
                    () -> doors.compute(tenant, "GET", "/servers/" + id, null).status() == 404);
            cloud.change("update instance set deleted_at = ?1 where id = ?2", until, id);
        }
        return id;
    }

    private JsonNode usage(Tenant who, String path, String version) {
        return doors.compute(who, version, "GET", "/os-simple-tenant-usage" + path, null)
                .expect(200)
                .json();
    }
}
