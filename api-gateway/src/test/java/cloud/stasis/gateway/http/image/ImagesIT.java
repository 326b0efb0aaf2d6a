package cloud.stasis.gateway.http.image;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Images without their data.
@QuarkusTest
class ImagesIT {
    private static final String IMAGES = "/image/v2/images";

    private final TestCloud cloud = new TestCloud();
    private final Tenant tenant = cloud.tenant("member");

    @Test
    void anImageIsMadeShownChangedAndDeleted() {
        Answer made = cloud.post(tenant.token(), IMAGES, """
                        {"name": "débian", "disk_format": "qcow2", "container_format": "bare", "min_disk": 2,
                         "tags": ["a", "b"], "colour": "red", "kernel_id": null}
                        """).expect(201);
        JsonNode image = made.json();
        String path = IMAGES + "/" + image.path("id").asText();

        assertThat(made.header("Location")).endsWith(path);
        assertThat(image.path("status").asText()).isEqualTo("queued");
        assertThat(image.path("visibility").asText()).isEqualTo("shared");
        assertThat(image.path("owner").asText()).isEqualTo(tenant.projectId());
        assertThat(image.path("colour").asText()).isEqualTo("red");
        assertThat(image.path("size").isNull()).isTrue();
        assertThat(image.has("kernel_id")).isFalse();
        assertThat(image.path("created_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(image.path("file").asText())
                .isEqualTo("/v2/images/" + image.path("id").asText() + "/file");
        assertThat(cloud.get(tenant.token(), path).expect(200).json()).isEqualTo(image);

        JsonNode changed = patch(tenant.token(), path, """
                        [{"op": "replace", "path": "/name", "value": "other"},
                         {"op": "remove", "path": "/colour"}, {"op": "add", "path": "/size_of_shoe", "value": "44"}]
                        """).expect(200).json();
        assertThat(changed.path("name").asText()).isEqualTo("other");
        assertThat(changed.has("colour")).isFalse();
        assertThat(changed.path("size_of_shoe").asText()).isEqualTo("44");

        cloud.call(tenant.token(), "DELETE", path, null).expect(204);
        cloud.get(tenant.token(), path).expect(404);
        cloud.call(tenant.token(), "DELETE", path, null).expect(404);
    }

    @Test
    void anIdMayBeChosenOnce() {
        String id = UUID.randomUUID().toString();

        cloud.post(tenant.token(), IMAGES, "{\"id\": \"" + id + "\"}").expect(201);
        cloud.post(tenant.token(), IMAGES, "{\"id\": \"" + id + "\"}").expect(409);
        cloud.post(tenant.token(), IMAGES, "{\"id\": \"mine\"}").expect(400);
    }

    @Test
    void whatOnlyWeSetIsForbidden() {
        String path = create("{}");

        cloud.post(tenant.token(), IMAGES, "{\"status\": \"active\"}").expect(403);
        cloud.post(tenant.token(), IMAGES, "{\"os_glance_x\": \"y\"}").expect(403);
        cloud.post(tenant.token(), IMAGES, "{\"owner\": \"somebody\"}").expect(403);
        cloud.post(tenant.token(), IMAGES, "{\"visibility\": \"public\"}").expect(403);
        patch(tenant.token(), path, "[{\"op\": \"replace\", \"path\": \"/status\", \"value\": \"active\"}]")
                .expect(403);
        patch(tenant.token(), path, "[{\"op\": \"replace\", \"path\": \"/owner\", \"value\": \"x\"}]")
                .expect(403);
        patch(tenant.token(), path, "[{\"op\": \"replace\", \"path\": \"/visibility\", \"value\": \"public\"}]")
                .expect(403);
    }

    @Test
    void overLongNamesAndWrongValuesAreRefused() {
        cloud.post(tenant.token(), IMAGES, "{\"name\": \"" + "n".repeat(256) + "\"}")
                .expect(400);
        cloud.post(tenant.token(), IMAGES, "{\"" + "k".repeat(256) + "\": \"v\"}")
                .expect(400);
        cloud.post(tenant.token(), IMAGES, "{\"disk_format\": \"floppy\"}").expect(400);
        cloud.post(tenant.token(), IMAGES, "{\"container_format\": \"jar\"}").expect(400);
        cloud.post(tenant.token(), IMAGES, "{\"min_disk\": \"2\"}").expect(400);
        cloud.post(tenant.token(), IMAGES, "{\"property\": 1}").expect(400);
        cloud.post(tenant.token(), IMAGES, "{\"property\": \"\\u0000\"}").expect(400);
        create("{\"name\": \"" + "😀".repeat(255) + "\"}");
    }

    @Test
    void aPatchOfAnotherMediaTypeIsNotTaken() {
        String path = create("{}");

        cloud.call(tenant.token(), "PATCH", path, "[]", "Content-Type", "application/json")
                .expect(415);
        cloud.call(tenant.token(), "PATCH", path, "[]", "Content-Type", "application/json-patch+json")
                .expect(415);
        patch(tenant.token(), path, "{").expect(400);
    }

    @Test
    void aProtectedImageStays() {
        String path = create("{\"protected\": true}");

        cloud.call(tenant.token(), "DELETE", path, null).expect(403);
        patch(tenant.token(), path, "[{\"op\": \"replace\", \"path\": \"/protected\", \"value\": false}]")
                .expect(200);
        cloud.call(tenant.token(), "DELETE", path, null).expect(204);
    }

    @Test
    void anotherProjectsImageIsNotThere() {
        String path = create("{\"visibility\": \"private\", \"name\": \"secret\"}");
        Tenant other = cloud.tenant("member");

        cloud.get(other.token(), path).expect(404);
        cloud.call(other.token(), "DELETE", path, null).expect(404);
        patch(other.token(), path, "[]").expect(404);
        cloud.call(other.token(), "PUT", path + "/tags/x", null).expect(404);
        cloud.get(other.token(), path + "/file").expect(404);
        cloud.get(other.token(), path + "/members").expect(404);
        assertThat(ids(cloud.get(other.token(), IMAGES))).doesNotContain(id(path));
        cloud.get(other.token(), IMAGES + "?marker=" + id(path)).expect(400);
        cloud.get(cloud.admin(), path).expect(200);
    }

    @Test
    void aReaderLooksAndTouchesNothing() {
        String path = create("{}");
        Tenant reader = cloud.member(tenant.projectId(), tenant.projectName(), "reader");

        cloud.get(reader.token(), path).expect(200);
        cloud.post(reader.token(), IMAGES, "{}").expect(403);
        cloud.call(reader.token(), "DELETE", path, null).expect(403);
        patch(reader.token(), path, "[{\"op\": \"add\", \"path\": \"/x\", \"value\": \"y\"}]")
                .expect(403);
        cloud.call(reader.token(), "PUT", path + "/tags/x", null).expect(403);
        cloud.call(reader.token(), "PUT", path + "/file", "x", "Content-Type", "application/octet-stream")
                .expect(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"not-an-id", "%20", "'%20or%20'1'='1", "..%2f..", "00000000-0000-0000-0000-000000000000"})
    void unknownIdsAreNotFound(String id) {
        cloud.get(tenant.token(), IMAGES + "/" + id.replace("'", "%27")).expect(404);
        cloud.get(tenant.token(), IMAGES + "/" + id.replace("'", "%27") + "/file")
                .expect(404);
        cloud.call(tenant.token(), "DELETE", IMAGES + "/" + id.replace("'", "%27"), null)
                .expect(404);
    }

    @Test
    void aSharedImageIsInTheListOnceItIsAccepted() {
        String path = create("{\"visibility\": \"shared\"}");
        Tenant other = cloud.tenant("member");
        String members = path + "/members";
        cloud.get(other.token(), path).expect(404);

        JsonNode offered = cloud.post(tenant.token(), members, "{\"member\": \"" + other.projectId() + "\"}")
                .expect(200)
                .json();

        assertThat(offered.path("status").asText()).isEqualTo("pending");
        cloud.post(tenant.token(), members, "{\"member\": \"" + other.projectId() + "\"}")
                .expect(409);
        cloud.get(other.token(), path).expect(200);
        assertThat(ids(cloud.get(other.token(), IMAGES))).doesNotContain(id(path));
        assertThat(ids(cloud.get(other.token(), IMAGES + "?member_status=pending")))
                .containsExactly(id(path));

        String member = members + "/" + other.projectId();
        cloud.call(tenant.token(), "PUT", member, "{\"status\": \"accepted\"}").expect(403);
        cloud.call(other.token(), "PUT", member, "{\"status\": \"thanks\"}").expect(400);
        cloud.call(other.token(), "PUT", member, "{\"status\": \"accepted\"}").expect(200);
        assertThat(ids(cloud.get(other.token(), IMAGES))).contains(id(path));
        assertThat(ids(cloud.get(other.token(), IMAGES + "?visibility=shared"))).containsExactly(id(path));
        cloud.call(other.token(), "DELETE", path, null).expect(403);
        cloud.call(other.token(), "PUT", member, "{\"status\": \"rejected\"}").expect(200);
        assertThat(ids(cloud.get(other.token(), IMAGES))).doesNotContain(id(path));

        cloud.call(other.token(), "DELETE", member, null).expect(403);
        cloud.call(tenant.token(), "DELETE", member, null).expect(204);
        cloud.call(tenant.token(), "DELETE", member, null).expect(404);
        cloud.get(other.token(), path).expect(404);
    }

    @Test
    void onlySharedImagesHaveMembers() {
        String path = create("{\"visibility\": \"private\"}");

        cloud.post(tenant.token(), path + "/members", "{\"member\": \"x\"}").expect(403);
    }

    @Test
    void publicAndCommunityImagesAreEverybodysToUse() {
        String admin = cloud.admin();
        Tenant other = cloud.tenant("member");
        String shown = IMAGES + "/"
                + cloud.post(admin, IMAGES, "{\"visibility\": \"public\", \"for\": \"all\"}")
                        .expect(201)
                        .json()
                        .path("id")
                        .asText();
        String hinted = create("{\"visibility\": \"community\"}");

        assertThat(ids(cloud.get(other.token(), IMAGES))).contains(id(shown)).doesNotContain(id(hinted));
        assertThat(ids(cloud.get(other.token(), IMAGES + "?visibility=community")))
                .contains(id(hinted));
        cloud.get(other.token(), hinted).expect(200);
        cloud.call(other.token(), "DELETE", shown, null).expect(403);
        cloud.call(admin, "DELETE", shown, null).expect(204);
    }

    @Test
    void tagsComeAndGo() {
        String path = create("{}");

        cloud.call(tenant.token(), "PUT", path + "/tags/blue", null).expect(204);
        cloud.call(tenant.token(), "PUT", path + "/tags/blue", null).expect(204);
        cloud.call(tenant.token(), "PUT", path + "/tags/" + "t".repeat(256), null)
                .expect(400);
        assertThat(cloud.get(tenant.token(), path).json().path("tags")).hasSize(1);
        cloud.call(tenant.token(), "DELETE", path + "/tags/blue", null).expect(204);
        cloud.call(tenant.token(), "DELETE", path + "/tags/blue", null).expect(404);
        assertThat(cloud.get(tenant.token(), path).json().path("tags")).isEmpty();
    }

    @Test
    void listsAreFiltered() {
        String red =
                create("{\"name\": \"red\", \"colour\": \"red\", \"tags\": [\"a\", \"b\"], \"disk_format\": \"raw\"}");
        String blue = create(
                "{\"name\": \"blue\", \"colour\": \"blue\", \"tags\": [\"b\"], \"disk_format\": \"qcow2\", \"min_ram\": 9}");
        String hidden = create("{\"name\": \"hidden\", \"os_hidden\": true, \"long\": \"" + "x".repeat(300) + "\"}");

        assertThat(listed("")).containsExactly(id(blue), id(red));
        assertThat(listed("?colour=red")).containsExactly(id(red));
        assertThat(listed("?tag=b")).containsExactly(id(blue), id(red));
        assertThat(listed("?tag=a&tag=b")).containsExactly(id(red));
        assertThat(listed("?name=blue")).containsExactly(id(blue));
        assertThat(listed("?name=in:blue,red")).hasSize(2);
        assertThat(listed("?disk_format=in:raw,iso")).containsExactly(id(red));
        assertThat(listed("?min_ram=9")).containsExactly(id(blue));
        assertThat(listed("?status=active")).isEmpty();
        assertThat(listed("?status=queued&colour=blue&owner=" + tenant.projectId()))
                .containsExactly(id(blue));
        assertThat(listed("?created_at=lt:2020-01-01T00:00:00Z")).isEmpty();
        assertThat(listed("?created_at=gte:2020-01-01T00:00:00Z")).hasSize(2);
        assertThat(listed("?os_hidden=true")).containsExactly(id(hidden));
        assertThat(listed("?os_hidden=true&long=" + "x".repeat(300))).containsExactly(id(hidden));
        assertThat(listed("?visibility=private")).isEmpty();
        assertThat(listed("?colour=%27%20or%201=1")).isEmpty();
        patch(tenant.token(), blue, "[{\"op\": \"replace\", \"path\": \"/colour\", \"value\": \"red\"}]")
                .expect(200);
        assertThat(listed("?colour=red")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=-1",
                "limit=x",
                "marker=x",
                "marker=00000000-0000-0000-0000-000000000000",
                "sort=shoe:asc",
                "sort=name:sideways",
                "sort_key=shoe",
                "sort=name&sort_key=name",
                "visibility=nobody",
                "member_status=maybe",
                "size_min=x",
                "created_at=yesterday",
                "name=in:%22open",
                "protected=maybe"
            })
    void aListThatMakesNoSenseIsABadRequest(String query) {
        cloud.get(tenant.token(), IMAGES + "?" + query).expect(400);
    }

    @Test
    void pagesShowEveryImageOnceInOrder() {
        List<String> made = new ArrayList<>();
        for (int image = 0; image < 7; image++) {
            made.add(id(create("{\"name\": \"n" + image % 3 + "\", \"batch\": \"of seven\"}")));
        }

        for (String order :
                new String[] {"", "&sort=name:asc", "&sort=size:asc,name:desc", "&sort_key=id&sort_dir=asc"}) {
            List<String> seen = new ArrayList<>();
            String next = "/v2/images?limit=2&batch=of+seven" + order;
            while (!next.isEmpty()) {
                JsonNode page =
                        cloud.get(tenant.token(), "/image" + next).expect(200).json();
                assertThat(page.path("images").size()).isLessThanOrEqualTo(2);
                seen.addAll(page.path("images").findValuesAsText("id"));
                next = page.path("next").asText();
                assertThat(page.path("first").asText())
                        .startsWith("/v2/images?")
                        .doesNotContain("marker");
            }
            assertThat(seen).as(order).containsExactlyInAnyOrderElementsOf(made).doesNotHaveDuplicates();
        }
        List<String> names = cloud.get(tenant.token(), IMAGES + "?batch=of+seven&sort=name:asc")
                .json()
                .path("images")
                .findValuesAsText("name");
        assertThat(names).isSorted();
        assertThat(cloud.get(tenant.token(), IMAGES + "?limit=0")
                        .expect(200)
                        .json()
                        .path("images"))
                .isEmpty();
    }

    @Test
    void onlyAnImageWithDataCanBeDeactivated() {
        String path = create("{}");

        cloud.post(tenant.token(), path + "/actions/deactivate", "").expect(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "images", "member", "members"})
    void schemasAreServed(String name) {
        assertThat(cloud.get(tenant.token(), "/image/v2/schemas/" + name)
                        .expect(200)
                        .json()
                        .path("name")
                        .asText())
                .isEqualTo(name);
        cloud.get(tenant.token(), "/image/v2/schemas/none").expect(404);
        cloud.get(tenant.token(), "/image/v2/info/import").expect(200);
        cloud.get(tenant.token(), "/image/v2/info/stores").expect(200);
    }

    private String create(String body) {
        return IMAGES + "/"
                + cloud.post(tenant.token(), IMAGES, body)
                        .expect(201)
                        .json()
                        .path("id")
                        .asText();
    }

    private List<String> listed(String query) {
        return ids(cloud.get(
                tenant.token(),
                IMAGES
                        + query
                        + (query.isEmpty() ? "?" : "&")
                        + "visibility=shared".repeat(query.contains("visibility") ? 0 : 1)));
    }

    private Answer patch(String token, String path, String body) {
        return cloud.call(token, "PATCH", path, body, "Content-Type", ImagePatch.MEDIA_TYPE);
    }

    private static List<String> ids(Answer list) {
        return list.expect(200).json().path("images").findValuesAsText("id");
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
