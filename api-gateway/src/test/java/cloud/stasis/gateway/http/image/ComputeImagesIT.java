package cloud.stasis.gateway.http.image;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/// Images as the first versions of the compute API show them, and forms that old clients of the image API send.
@QuarkusTest
class ComputeImagesIT {
    private static final String IMAGES = "/compute/v2.1/images";

    private final TestCloud cloud = new TestCloud();
    private final Tenant tenant = cloud.tenant("member");

    @Test
    void listsCanBeFilteredByWhatAnImageWasMadeOf() {
        String server = "6f1c2a34-0000-4000-8000-000000000001";
        String ours = made("{\"name\": \"a\", \"instance_uuid\": \"" + server + "\", \"image_type\": \"snapshot\"}");
        made("{\"name\": \"b\"}");

        for (String query : new String[] {
            "?server=" + server,
            "?server=http://cloud/compute/servers/" + server,
            "?type=snapshot",
            "?name=a",
            "?status=SAVING&name=a",
            "?limit=2&type=snapshot"
        }) {
            JsonNode found = get("/detail" + query).expect(200).json().path("images");
            assertThat(found.findValuesAsText("status")).as(query).containsExactly("SAVING");
            assertThat(found.at("/0/id").asText()).isEqualTo(ours);
            assertThat(found.at("/0/server/id").asText()).isEqualTo(server);
        }
        get("?status=DELETED").expect(200);
        get("?changes-since=yesterday").expect(400);
        get("?marker=nope").expect(400);
    }

    @Test
    void metadataAreTheCustomProperties() {
        String metadata = "/" + made("{\"name\": \"a\", \"colour\": \"red\"}") + "/metadata";

        send("POST", metadata, "{\"metadata\": {\"shoe\": \"9\"}}").expect(200);
        assertThat(get(metadata).json().path("metadata").size()).isEqualTo(2);
        send("PUT", metadata + "/shoe", "{\"meta\": {\"shoe\": \"10\"}}").expect(200);
        assertThat(get(metadata + "/shoe").json().at("/meta/shoe").asText()).isEqualTo("10");
        send("PUT", metadata, "{\"metadata\": {\"only\": \"this\"}}").expect(200);
        assertThat(get(metadata).json().path("metadata").size()).isEqualTo(1);
        send("DELETE", metadata + "/only", null).expect(204);
        send("DELETE", metadata + "/only", null).expect(404);
        send("PUT", metadata + "/a", "{\"meta\": {\"b\": \"c\"}}").expect(400);
        send("PUT", metadata, "{\"metadata\": {\"status\": \"active\"}}").expect(403);
        send("PUT", metadata, "{\"metadata\": [1]}").expect(400);
    }

    @Test
    void theyEndWhereTheComputeApiLeftThemAlone() {
        String path = "/" + made("{\"name\": \"a\"}");

        at("2.35", path).expect(200);
        at("2.36", path).expect(404);
        at("2.38", path + "/metadata").expect(200);
        at("2.39", path + "/metadata").expect(404);
        assertThat(cloud.get(cloud.tenant("member").token(), IMAGES + path).status())
                .isEqualTo(404);
    }

    @Test
    void thePatchOfTheFirstVersionIsUnderstood() {
        String path = "/image/v2/images/" + made("{\"name\": \"a\"}");

        Answer changed = cloud.call(
                tenant.token(),
                "PATCH",
                path,
                "[{\"replace\": \"/name\", \"value\": \"b\"}, {\"add\": \"/colour\", \"value\": \"red\"}]",
                "Content-Type",
                "application/openstack-images-v2.0-json-patch");

        assertThat(changed.expect(200).json().path("name").asText()).isEqualTo("b");
    }

    @Test
    void anEmptyIdIsNoList() {
        cloud.get(tenant.token(), "/image/v2/images/").expect(404);
        cloud.call(tenant.token(), "DELETE", "/image/v2/images/", null).expect(404);
        send("DELETE", "/", null).expect(404);
    }

    private String made(String body) {
        return cloud.post(tenant.token(), "/image/v2/images", body)
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private Answer get(String path) {
        return cloud.get(tenant.token(), IMAGES + path);
    }

    private Answer at(String version, String path) {
        return cloud.call(tenant.token(), "GET", IMAGES + path, null, "OpenStack-API-Version", "compute " + version);
    }

    private Answer send(String method, String path, String body) {
        return cloud.call(tenant.token(), method, IMAGES + path, body);
    }
}
