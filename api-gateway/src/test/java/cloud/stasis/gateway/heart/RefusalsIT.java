package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.model.ImageId;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients get wrong, or try.
@QuarkusTest
class RefusalsIT {
    @Inject
    Doors doors;

    @BeforeEach
    void open() {
        doors.open();
    }

    @Test
    void aForeignServerIsNotThere() {
        String id = doors.running(doors.http().tenant("member"), "private");
        Tenant other = doors.http().tenant("member");

        doors.compute(other, "GET", "/servers/" + id, null).expect(404);
        doors.compute(other, "DELETE", "/servers/" + id, null).expect(404);
        doors.act(other, id, "{\"os-stop\": null}").expect(404);
        doors.act(other, id, "{\"createImage\": {\"name\": \"stolen\"}}").expect(404);
        doors.snapshot(other, "POST", "/snapshots", "{\"server\": \"" + id + "\", \"name\": \"stolen\"}")
                .expect(404);
        assertThat(doors.compute(other, "GET", "/servers", null).json().path("servers"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "00000000-0000-0000-0000-000000000000", "%27%20or%201=1", "..%2f..%2fetc"})
    void anUnknownIdIsAQuick404(String id) {
        Tenant tenant = doors.http().tenant("member");

        doors.compute(tenant, "GET", "/servers/" + id, null).expect(404);
        doors.compute(tenant, "POST", "/servers/" + id + "/action", "{\"os-stop\": null}")
                .expect(404);
        doors.compute(tenant, "GET", "/flavors/" + id, null).expect(404);
        doors.snapshot(tenant, "GET", "/snapshots/" + id, null).expect(404);
        doors.snapshot(tenant, "GET", "/jobs/" + id, null).expect(404);
        doors.http()
                .get(tenant.token(), "/volume/v3/" + tenant.projectId() + "/volumes/" + id)
                .expect(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{\"server\": null}",
                "{\"server\": {}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\"}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\", \"unheard\": 1}}",
                "{\"server\": {\"name\": \"LONG\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\"}}",
                "{\"server\": {\"name\": \"  \", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\"}}",
                "{\"server\": {\"name\": 7, \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\"}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"nope\", \"imageRef\": \"IMAGE\"}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"nope\"}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\", \"key_name\": \"nope\"}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\", \"metadata\": {\"\": \"v\"}}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\", \"metadata\": {\"k\": \"LONG\"}}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\", \"min_count\": 0}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\", \"networks\": [{\"uuid\": \"n\"}]}}",
                "{\"server\": {\"name\": \"x\", \"flavorRef\": \"1\", \"imageRef\": \"IMAGE\", \"block_device_mapping_v2\":"
                        + " [{\"source_type\": \"blank\", \"destination_type\": \"volume\"}]}}"
            })
    void aServerThatMakesNoSenseIsRefused(String body) {
        Tenant tenant = doors.http().tenant("member");
        String filled = body.replace("IMAGE", doors.image(tenant).toString()).replace("LONG", "x".repeat(256));

        doors.compute(tenant, "POST", "/servers", filled).expect(400);
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"createImage\": {}}'",
        "'{\"createImage\": {\"name\": \"\"}}'",
        "'{\"createImage\": {\"name\": \"LONG\"}}'",
        "'{\"createImage\": {\"name\": \"x\", \"extra\": 1}}'",
        "'{\"createImage\": {\"name\": \"x\", \"metadata\": {\"\": \"v\"}}}'",
        "'{\"createImage\": {\"name\": \"x\", \"metadata\": {\"LONG\": \"v\"}}}'",
        "'{\"createImage\": {\"name\": \"x\", \"metadata\": {\"k\": \"LONG\"}}}'",
        "'{\"createImage\": {\"name\": \"x\", \"metadata\": {\"k\": 1}}}'",
        "'{\"reboot\": {\"type\": \"GENTLY\"}}'",
        "'{\"unheard\": null}'",
        "'{\"os-stop\": null, \"os-start\": null}'",
        "'{}'"
    })
    void anActionThatMakesNoSenseIsRefused(String body) {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "acted-on");

        doors.act(tenant, id, body.replace("LONG", "x".repeat(256))).expect(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?limit=-1",
                "?limit=x",
                "?marker=nope",
                "?marker=00000000-0000-0000-0000-000000000000",
                "?sort_key=password",
                "?sort_key=name&sort_dir=sideways",
                "?changes-since=yesterday",
                "?name=(",
                "?all_tenants=perhaps"
            })
    void aListThatMakesNoSenseIsRefused(String query) {
        doors.compute(doors.http().tenant("member"), "GET", "/servers/detail" + query.replace("(", "%28"), null)
                .expect(400);
    }

    @Test
    void aVersionThatWeDoNotSpeakIsNotAcceptable() {
        Tenant tenant = doors.http().tenant("member");

        var answer = doors.compute(tenant, "2.999", "GET", "/servers", null).expect(406);

        assertThat(answer.json().has("computeFault")).isTrue();
        doors.compute(tenant, "two", "GET", "/servers", null).expect(400);
    }

    @Test
    void aForgedTokenIsRefused() {
        doors.http().get("forged", "/compute/v2.1/servers").expect(401);
        doors.http().get("", "/snapshot/v1/snapshots").expect(401);
    }

    @Test
    void aReaderMayLookAndNotTouch() {
        Tenant reader = doors.http().tenant("reader");

        doors.compute(reader, "GET", "/servers/detail", null).expect(200);
        doors.compute(reader, "POST", "/servers", """
                {"server": {"name": "x", "imageRef": "%s", "flavorRef": "1"}}
                """.formatted(doors.image(reader)))
                .expect(403);
        doors.compute(reader, "GET", "/servers?all_tenants=1", null).expect(403);
        doors.compute(reader, "GET", "/os-hypervisors", null).expect(403);
        doors.compute(reader, "POST", "/flavors", "{\"flavor\": {}}").expect(403);
    }

    @Test
    void aQuotaIsKeptHoweverManyAskAtOnce() throws Exception {
        Tenant tenant = doors.http().tenant("member");
        doors.http()
                .call(
                        doors.http().admin(),
                        "PUT",
                        "/compute/v2.1/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": {\"instances\": 3}}")
                .expect(200);
        ImageId image = doors.image(tenant);
        String body = """
                {"server": {"name": "greedy", "imageRef": "%s", "flavorRef": "1"}}
                """.formatted(image);

        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int at = 0; at < 12; at++) {
                threads.submit(() -> doors.compute(tenant, "POST", "/servers", body));
            }
        }

        assertThat(doors.compute(tenant, "GET", "/servers", null).json().path("servers"))
                .hasSize(3);
        assertThat(doors.compute(tenant, "POST", "/servers", body)
                        .expect(403)
                        .json()
                        .at("/forbidden/message")
                        .asText())
                .startsWith("Quota exceeded for instances");
    }

    @Test
    void listsComePageByPage() {
        Tenant tenant = doors.http().tenant("member");
        for (int at = 0; at < 5; at++) {
            doors.running(tenant, "page-" + at);
        }

        var first = doors.compute(tenant, "GET", "/servers?limit=2", null).json();
        String next = first.at("/servers_links/0/href").asText();
        var second = doors.http()
                .get(tenant.token(), next.substring(next.indexOf("/compute")))
                .json();
        String last = second.at("/servers_links/0/href").asText();
        var third = doors.http()
                .get(tenant.token(), last.substring(last.indexOf("/compute")))
                .json();

        assertThat(first.path("servers").findValuesAsText("name")).containsExactly("page-4", "page-3");
        assertThat(second.path("servers").findValuesAsText("name")).containsExactly("page-2", "page-1");
        assertThat(third.path("servers").findValuesAsText("name")).containsExactly("page-0");
        assertThat(third.has("servers_links")).isFalse();
        assertThat(doors.compute(tenant, "GET", "/servers?sort_key=display_name&sort_dir=asc&limit=1", null)
                        .json()
                        .at("/servers/0/name")
                        .asText())
                .isEqualTo("page-0");
        assertThat(doors.compute(tenant, "GET", "/servers?name=" + "page-%5B13%5D%24", null)
                        .json()
                        .path("servers"))
                .hasSize(2);
    }

    @Test
    void anUnknownParameterIsRefusedFromTheVersionOnThatSaysSo() {
        Tenant tenant = doors.http().tenant("member");

        doors.compute(tenant, "2.74", "GET", "/servers?unheard=1", null).expect(200);
        doors.compute(tenant, "2.75", "GET", "/servers?unheard=1", null).expect(400);
    }

    @Test
    void aSnapshotThatMakesNoSenseIsRefused() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "snapped");
        String server = "\"server\": \"" + id + "\"";

        doors.snapshot(tenant, "POST", "/snapshots", "{" + server + "}").expect(400);
        doors.snapshot(tenant, "POST", "/snapshots", "{" + server + ", \"name\": \"" + "x".repeat(256) + "\"}")
                .expect(400);
        doors.snapshot(tenant, "POST", "/snapshots", "{" + server + ", \"name\": \"x\", \"consistency\": \"some\"}")
                .expect(400);
        doors.snapshot(tenant, "POST", "/snapshots", "{" + server + ", \"name\": \"x\", \"memory\": \"yes\"}")
                .expect(400);
        doors.snapshot(tenant, "POST", "/snapshots", "{\"server\": \"" + UUID.randomUUID() + "\", \"name\": \"x\"}")
                .expect(404);
        doors.snapshot(
                        tenant,
                        "POST",
                        "/snapshots",
                        "{" + server + ", \"name\": \"x\"}",
                        "Idempotency-Key",
                        "x".repeat(65))
                .expect(400);
    }
}
