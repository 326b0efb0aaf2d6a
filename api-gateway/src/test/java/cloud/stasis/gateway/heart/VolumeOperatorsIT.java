package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.model.BackendId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Block storage as operators see it.
@QuarkusTest
class VolumeOperatorsIT {
    private static final BackendId SECOND = new BackendId("second-1");

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private VolumeDoor tenant;
    private VolumeDoor operator;

    @BeforeEach
    void open() {
        doors.open();
        Tenant somebody = doors.http().tenant("member");
        tenant = new VolumeDoor(doors, cloud, somebody);
        operator = tenant.as(doors.http().member(somebody.projectId(), somebody.projectName(), "admin"));
    }

    @Test
    void aHostTellsWhatEachProjectHasThere() {
        tenant.volume("{\"size\": 2}");
        String volume = tenant.volume("{\"size\": 1}");
        tenant.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");

        List<JsonNode> hosts = list(operator.show("/os-hosts", "hosts"));
        assertThat(hosts)
                .extracting(host -> host.path("service").asText())
                .contains("cinder-volume", "cinder-scheduler");
        String host = hosts.getFirst().path("host_name").asText();
        List<JsonNode> resources = list(operator.show("/os-hosts/" + host, "host"));

        assertThat(resources.getFirst().at("/resource/project").asText()).isEqualTo("(total)");
        JsonNode own = resources.stream()
                .map(row -> row.path("resource"))
                .filter(row ->
                        row.path("project").asText().equals(tenant.tenant().projectId()))
                .findFirst()
                .orElseThrow();
        assertThat(own.path("volume_count").asText()).isEqualTo("2");
        assertThat(own.path("total_volume_gb").asText()).isEqualTo("3");
        assertThat(own.path("snapshot_count").asText()).isEqualTo("1");
        assertThat(own.path("total_snapshot_gb").asText()).isEqualTo("1");
        operator.call("GET", "/os-hosts/nowhere", null).expect(404);
        assertThat(operator.show("/capabilities/" + host, "volume_backend_name").asText())
                .isEqualTo("stasis");
        operator.call("GET", "/capabilities/nowhere", null).expect(404);
        tenant.call("GET", "/os-hosts/" + host, null).expect(403);
    }

    @Test
    void aTypeChoosesTheBackendAndWhatIsMadeOfAVolumeStaysThere() {
        workers.beat(SECOND, "second");
        cloud.await("the pool is there", () -> pools().contains("second-1@stasis#stasis"));
        String type = type("second");
        String plain = tenant.volume("{\"size\": 1}");
        String typed = tenant.volume("{\"size\": 1, \"volume_type\": \"" + type + "\"}");
        String snapshot = tenant.made("/snapshots", "snapshot", "{\"volume_id\": \"" + typed + "\"}");

        String ofSnapshot = tenant.volume("{\"size\": 1, \"snapshot_id\": \"" + snapshot + "\"}");
        String ofVolume = tenant.volume("{\"size\": 2, \"source_volid\": \"" + typed + "\"}");

        assertThat(host(plain)).isEqualTo("host-1@stasis#stasis");
        assertThat(List.of(host(typed), host(ofSnapshot), host(ofVolume))).containsOnly("second-1@stasis#stasis");
        assertThat(operator.show("/capabilities/second-1@stasis", "volume_backend_name")
                        .asText())
                .isEqualTo("second");
    }

    @Test
    void whatIsMadeOfAVolumeIsInErrorIfItsTypeIsOfferedElsewhere() {
        workers.beat(SECOND, "second");
        cloud.await("the pool is there", () -> pools().contains("second-1@stasis#stasis"));
        String source = tenant.volume("{\"size\": 1}");

        String volume = tenant.call(
                        "POST",
                        "/volumes",
                        "{\"volume\": {\"volume_type\": \"%s\", \"source_volid\": \"%s\"}}"
                                .formatted(type("second"), source))
                .expect(202)
                .json()
                .at("/volume/id")
                .asText();

        assertThat(tenant.status("/volumes/" + volume, "volume")).isEqualTo("error");
        assertThat(tenant.show("/messages?resource_uuid=" + volume, "messages")
                        .at("/0/user_message")
                        .asText())
                .contains("Could not find any available weighted backend");
    }

    @Test
    void qosSpecsAreKeptForTypesUntilNoneHasThem() {
        String body = "{\"qos_specs\": {\"name\": \"q-%s\", \"consumer\": \"front-end\", \"total_iops_sec\": \"100\"}}"
                .formatted(UUID.randomUUID());
        String id = operator.call("POST", "/qos-specs", body)
                .expect(200)
                .json()
                .at("/qos_specs/id")
                .asText();
        String type = typeId(type("stasis"));
        operator.call("POST", "/qos-specs", body).expect(409);
        operator.call("POST", "/qos-specs", body.replace("front-end", "nobody")).expect(400);
        tenant.call("GET", "/qos-specs", null).expect(403);
        operator.call("PUT", "/qos-specs/" + id, "{\"qos_specs\": {\"read_iops_sec\": \"5\"}}")
                .expect(200);
        operator.call("PUT", "/qos-specs/" + id + "/delete_keys", "{\"keys\": [\"total_iops_sec\"]}")
                .expect(202);
        operator.call("PUT", "/qos-specs/" + id + "/delete_keys", "{\"keys\": [\"total_iops_sec\"]}")
                .expect(404);
        operator.call("GET", "/qos-specs/" + id + "/associate?vol_type_id=" + type, null)
                .expect(202);

        JsonNode shown = operator.show("/qos-specs/" + id, "qos_specs");
        assertThat(shown.path("consumer").asText()).isEqualTo("front-end");
        assertThat(shown.path("specs").toString()).isEqualTo("{\"read_iops_sec\":\"5\"}");
        assertThat(operator.show("/qos-specs/" + id + "/associations", "qos_associations")
                        .at("/0/id")
                        .asText())
                .isEqualTo(type);
        operator.call("DELETE", "/qos-specs/" + id, null).expect(400);
        operator.call("GET", "/qos-specs/" + id + "/disassociate?vol_type_id=" + type, null)
                .expect(202);
        operator.call("DELETE", "/qos-specs/" + id, null).expect(202);
        operator.call("GET", "/qos-specs/" + id, null).expect(404);
    }

    private String typeId(String name) {
        return list(operator.show("/types", "volume_types")).stream()
                .filter(type -> type.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
    }

    private String type(String backend) {
        String name = backend + "-" + UUID.randomUUID();
        operator.call(
                        "POST",
                        "/types",
                        "{\"volume_type\": {\"name\": \"%s\", \"extra_specs\": {\"volume_backend_name\": \"%s\"}}}"
                                .formatted(name, backend))
                .expect(200);
        return name;
    }

    private List<String> pools() {
        return list(operator.show("/scheduler-stats/get_pools", "pools")).stream()
                .map(pool -> pool.path("name").asText())
                .toList();
    }

    private String host(String volume) {
        return operator.show("/volumes/" + volume, "volume")
                .path("os-vol-host-attr:host")
                .asText();
    }

    @Test
    void typesAreListedByWhoMaySeeThem() {
        String shown = "shown-" + UUID.randomUUID();
        String hidden = "hidden-" + UUID.randomUUID();
        for (String[] kind : new String[][] {
            {"/types", "volume_type", "os-volume-type-access:is_public"}, {"/group_types", "group_type", "is_public"}
        }) {
            for (String name : List.of(shown, hidden)) {
                operator.call(
                        "POST",
                        kind[0],
                        "{\"%s\": {\"name\": \"%s\", \"%s\": %s}}"
                                .formatted(kind[1], name, kind[2], name.equals(shown)));
            }

            assertThat(names(operator, kind, "true")).contains(shown).doesNotContain(hidden);
            assertThat(names(operator, kind, "False")).contains(hidden).doesNotContain(shown);
            assertThat(names(operator, kind, "None")).contains(hidden, shown);
            assertThat(names(tenant, kind, "false")).doesNotContain(hidden, shown);
            operator.call("GET", kind[0] + "?is_public=perhaps", null).expect(400);
        }
    }

    @Test
    void extensionsAreListed() {
        assertThat(list(tenant.show("/extensions", "extensions")))
                .extracting(extension -> extension.path("alias").asText() + " "
                        + extension.path("name").asText())
                .contains("os-hosts Hosts", "os-types-extra-specs TypesExtraSpecs");
    }

    @Test
    void aClaimIsForcedOffAVolumeInError() {
        String volume = tenant.volume("{\"size\": 1}");
        tenant.act(volume, "{\"os-attach\": {\"instance_uuid\": \"" + UUID.randomUUID() + "\"}}")
                .expect(202);
        operator.act(volume, "{\"os-reset_status\": {\"status\": \"error\"}}").expect(202);

        operator.act(volume, "{\"os-force_detach\": {\"attachment_id\": null}}").expect(202);

        assertThat(tenant.status("/volumes/" + volume, "volume")).isEqualTo("available");
        assertThat(tenant.show("/volumes/" + volume, "volume").path("attachments"))
                .isEmpty();
    }

    private static List<String> names(VolumeDoor door, String[] kind, String isPublic) {
        return list(door.show(kind[0] + "?is_public=" + isPublic, kind[1] + "s")).stream()
                .map(type -> type.path("name").asText())
                .toList();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
