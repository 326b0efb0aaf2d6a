package cloud.stasis.gateway.http.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Quotas of key pairs and of groups of servers: what a project is given holds, also for requests side by side.
@QuarkusTest
class QuotasIT {
    private static final int AT_ONCE = 12;
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnsXm5d4yZ2hHqS1ydCTSG5A8Mb0mJx2Jw0WbVb0c9n";

    private final TestCloud cloud = new TestCloud();

    @Test
    void keyPairsNeverExceedTheQuotaOfTheProject() throws Exception {
        Tenant tenant = cloud.tenant("member");
        allow(tenant, "key_pairs", 3);

        List<Answer> answers = atOnce(number -> keypair(tenant, number));

        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(3);
        assertThat(answers).filteredOn(answer -> answer.status() == 403).hasSize(AT_ONCE - 3);
        assertThat(cloud.get(tenant.token(), "/compute/v2.1/os-keypairs").json().path("keypairs"))
                .hasSize(3);
        allow(tenant, "key_pairs", 4);
        keypair(tenant, AT_ONCE).expect(200);
        allow(tenant, "key_pairs", -1);
        keypair(tenant, AT_ONCE + 1).expect(200);
    }

    @Test
    void serverGroupsNeverExceedTheQuotaOfTheProject() throws Exception {
        Tenant tenant = cloud.tenant("member");
        allow(tenant, "server_groups", 2);

        List<Answer> answers = atOnce(number -> group(tenant, number));

        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(2);
        assertThat(answers).filteredOn(answer -> answer.status() == 403).hasSize(AT_ONCE - 2);
        JsonNode limits = cloud.get(tenant.token(), "/compute/v2.1/limits")
                .expect(200)
                .json()
                .at("/limits/absolute");
        assertThat(limits.path("maxServerGroups").asInt()).isEqualTo(2);
        assertThat(limits.path("totalServerGroupsUsed").asInt()).isEqualTo(2);
        JsonNode detail = cloud.get(tenant.token(), "/compute/v2.1/os-quota-sets/" + tenant.projectId() + "/detail")
                .expect(200)
                .json();
        assertThat(detail.at("/quota_set/server_groups/in_use").asInt()).isEqualTo(2);
    }

    @Test
    void aResetTakesOnlyTheLimitsOfItsOwnService() {
        Tenant tenant = cloud.tenant("member");
        String project = tenant.projectId();
        String operator = cloud.member(project, tenant.projectName(), "admin").token();
        String volumes = "/volume/v3/" + project + "/os-quota-sets/" + project;
        String store = "/snapshot/v1/store/usage/" + project;
        allow(tenant, "cores", 7);
        cloud.call(operator, "PUT", volumes, "{\"quota_set\": {\"volumes\": 5}}")
                .expect(200);
        cloud.call(operator, "PUT", store, "{\"store_gigabytes\": 9}").expect(200);

        cloud.call(operator, "DELETE", "/compute/v2.1/os-quota-sets/" + project, null)
                .expect(202);
        assertThat(limit(operator, "/compute/v2.1/os-quota-sets/" + project, "/quota_set/cores"))
                .isEqualTo(200);
        assertThat(limit(operator, volumes, "/quota_set/volumes")).isEqualTo(5);

        allow(tenant, "cores", 7);
        cloud.call(operator, "DELETE", volumes, null).expect(200);
        assertThat(limit(operator, volumes, "/quota_set/volumes")).isEqualTo(200);
        assertThat(limit(operator, "/compute/v2.1/os-quota-sets/" + project, "/quota_set/cores"))
                .isEqualTo(7);
        assertThat(limit(operator, store, "/usage/store_gigabytes")).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2.1  | {'nonsense': 1}                    | 400",
                "2.1  | {'cores': -2}                      | 400",
                "2.1  | {'cores': 'many'}                  | 400",
                "2.1  | {'fixed_ips': 5, 'cores': '-1'}    | 200",
                "2.36 | {'fixed_ips': 5}                   | 400",
                "2.57 | {'injected_files': 5}              | 400",
                "2.57 | {'metadata_items': 5, 'ram': 1024} | 200"
            })
    void limitsThatThereAreAreTaken(String version, String limits, int status) {
        Tenant tenant = cloud.tenant("member");

        change(version, tenant, limits.replace('\'', '"'), status);
    }

    @Test
    void aLimitBelowWhatIsUsedMustBeForced() {
        Tenant tenant = cloud.tenant("member");
        group(tenant, 1).expect(200);
        group(tenant, 2).expect(200);

        String refusal = change("2.1", tenant, "{\"server_groups\": 1}", 400)
                .at("/badRequest/message")
                .asText();
        assertThat(refusal).contains("server_groups", "already used and reserved 2");
        change("2.1", tenant, "{\"server_groups\": 2}", 200);
        change("2.1", tenant, "{\"server_groups\": -1}", 200);
        change("2.1", tenant, "{\"server_groups\": 1, \"force\": true}", 200);
        group(tenant, 3).expect(403);
    }

    @Test
    void projectsWithoutLimitsOfTheirOwnHaveThoseOfTheClass() {
        Tenant tenant = cloud.tenant("member");
        String path = "/compute/v2.1/os-quota-class-sets/default";
        JsonNode before = cloud.get(cloud.admin(), path).expect(200).json().path("quota_class_set");
        assertThat(before.path("id").asText()).isEqualTo("default");
        int standard = before.path("server_groups").asInt();

        try {
            JsonNode changed = cloud.call(cloud.admin(), "PUT", path, "{\"quota_class_set\": {\"server_groups\": 0}}")
                    .expect(200)
                    .json();
            assertThat(changed.at("/quota_class_set/server_groups").asInt()).isZero();
            group(tenant, 1).expect(403);
            allow(tenant, "server_groups", 1);
            group(tenant, 1).expect(200);
        } finally {
            cloud.call(cloud.admin(), "PUT", path, "{\"quota_class_set\": {\"server_groups\": " + standard + "}}")
                    .expect(200);
        }
        cloud.call(cloud.admin(), "PUT", path, "{\"quota_class_set\": {\"nonsense\": 0}}")
                .expect(400);
        cloud.get(tenant.token(), path).expect(403);
    }

    private JsonNode change(String version, Tenant tenant, String limits, int status) {
        return cloud.call(
                        cloud.admin(),
                        "PUT",
                        "/compute/v2.1/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": " + limits + "}",
                        "OpenStack-API-Version",
                        "compute " + version)
                .expect(status)
                .json();
    }

    private int limit(String token, String path, String pointer) {
        return cloud.get(token, path).expect(200).json().at(pointer).asInt();
    }

    private Answer keypair(Tenant tenant, int number) {
        return cloud.post(
                tenant.token(),
                "/compute/v2.1/os-keypairs",
                "{\"keypair\": {\"name\": \"key-" + number + "\", \"public_key\": \"" + KEY + "\"}}");
    }

    private Answer group(Tenant tenant, int number) {
        return cloud.post(
                tenant.token(),
                "/compute/v2.1/os-server-groups",
                "{\"server_group\": {\"name\": \"group-" + number + "\", \"policies\": [\"affinity\"]}}");
    }

    private void allow(Tenant tenant, String resource, int limit) {
        JsonNode set = cloud.call(
                        cloud.admin(),
                        "PUT",
                        "/compute/v2.1/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": {\"" + resource + "\": " + limit + "}}")
                .expect(200)
                .json();
        assertThat(set.at("/quota_set/" + resource).asInt()).isEqualTo(limit);
    }

    private static List<Answer> atOnce(IntFunction<Answer> call) throws Exception {
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, AT_ONCE)
                    .mapToObj(number -> clients.submit(() -> call.apply(number)))
                    .toList();
            List<Answer> answers = new ArrayList<>();
            for (var each : calls) {
                answers.add(each.get());
            }
            return answers;
        }
    }
}
