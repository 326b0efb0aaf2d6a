package cloud.stasis.gateway.http.metadef;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Metadata definitions.
@QuarkusTest
class MetadefIT {
    private static final String NAMESPACES = "/image/v2/metadefs/namespaces";

    private final TestCloud cloud = new TestCloud();
    private final Tenant tenant = cloud.tenant("member");
    private final String admin = cloud.admin();
    private final String name = "ns-" + UUID.randomUUID();
    private final String path = NAMESPACES + "/" + name;

    @Test
    void aNamespaceIsMadeWithAllThatStandsInIt() {
        create("""
                "visibility": "public", "display_name": "N", "tags": [{"name": "t"}],
                "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "hw_"}],
                "properties": {"cpu": {"title": "CPU", "type": "string", "enum": ["a", "b"]}},
                "objects": [{"name": "o", "required": ["x"], "properties": {"x": {"title": "X", "type": "integer"}}}]
                """);

        JsonNode shown = cloud.get(tenant.token(), path).expect(200).json();
        assertThat(shown.path("namespace").asText()).isEqualTo(name);
        assertThat(shown.path("protected").asBoolean(true)).isFalse();
        assertThat(shown.path("self").asText()).isEqualTo("/v2/metadefs/namespaces/" + name);
        assertThat(shown.at("/properties/cpu/enum/1").asText()).isEqualTo("b");
        assertThat(shown.at("/tags/0/name").asText()).isEqualTo("t");

        JsonNode prefixed = cloud.get(tenant.token(), path + "?resource_type=OS::Glance::Image")
                .expect(200)
                .json();
        assertThat(prefixed.at("/properties/hw_cpu/title").asText()).isEqualTo("CPU");
        assertThat(prefixed.at("/objects/0/required/0").asText()).isEqualTo("hw_x");
        assertThat(prefixed.at("/objects/0/properties/hw_x/type").asText()).isEqualTo("integer");
        cloud.get(tenant.token(), path + "/properties/hw_cpu?resource_type=OS::Glance::Image")
                .expect(200);
        cloud.get(tenant.token(), path + "/properties/cpu?resource_type=OS::Glance::Image")
                .expect(404);

        cloud.call(admin, "DELETE", path, null).expect(204);
        cloud.get(admin, path).expect(404);
    }

    @Test
    void onlyAdministratorsChangeAndOnlyTheOwnerSeesAPrivateOne() {
        cloud.post(tenant.token(), NAMESPACES, "{\"namespace\": \"" + name + "\"}")
                .expect(403);
        create("\"owner\": \"" + tenant.projectId() + "\"");

        cloud.get(tenant.token(), path).expect(200);
        cloud.get(cloud.tenant("member").token(), path).expect(404);
        cloud.post(tenant.token(), path + "/tags/t", null).expect(403);
        cloud.call(tenant.token(), "DELETE", path, null).expect(403);
        assertThat(names(tenant.token(), "visibility=private")).contains(name);
        assertThat(names(tenant.token(), "visibility=public")).doesNotContain(name);
    }

    @Test
    void nothingIsDeletedFromAProtectedNamespace() {
        create("\"protected\": true, \"tags\": [{\"name\": \"t\"}]");

        cloud.call(admin, "DELETE", path, null).expect(403);
        cloud.call(admin, "DELETE", path + "/tags/t", null).expect(403);
        cloud.call(admin, "DELETE", path + "/tags", null).expect(403);
        cloud.call(admin, "PUT", path, "{\"namespace\": \"" + name + "-2\"}").expect(200);
        cloud.get(admin, path).expect(404);
        cloud.get(admin, path + "-2/tags/t").expect(200);
        cloud.call(admin, "DELETE", path + "-2", null).expect(204);
    }

    @Test
    void definitionsAreMadeChangedRenamedAndDeleted() {
        create("\"visibility\": \"public\"");

        cloud.post(admin, path + "/properties", property("p")).expect(201);
        cloud.post(admin, path + "/properties", property("p")).expect(409);
        cloud.call(admin, "PUT", path + "/properties/p", property("q")).expect(200);
        assertThat(cloud.get(admin, path + "/properties")
                        .expect(200)
                        .json()
                        .at("/properties/q/type")
                        .asText())
                .isEqualTo("string");
        cloud.call(admin, "DELETE", path + "/properties/p", null).expect(404);
        cloud.call(admin, "DELETE", path + "/properties/q", null).expect(204);

        cloud.post(admin, path + "/objects", "{\"name\": \"o\"}").expect(201);
        assertThat(cloud.get(admin, path + "/objects")
                        .expect(200)
                        .json()
                        .at("/objects/0/self")
                        .asText())
                .endsWith(name + "/objects/o");

        cloud.post(admin, path + "/tags", "{\"tags\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}")
                .expect(201);
        cloud.post(admin, path + "/tags", "{\"tags\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}")
                .expect(409);
        cloud.post(admin, path + "/tags/c", null).expect(201);
        JsonNode page = cloud.get(admin, path + "/tags?sort_key=name&sort_dir=asc&limit=1&marker=a")
                .expect(200)
                .json();
        assertThat(page.path("tags")).hasSize(1);
        assertThat(page.at("/tags/0/name").asText()).isEqualTo("b");
        cloud.call(admin, "DELETE", path + "/tags", null).expect(204);
        assertThat(cloud.get(admin, path + "/tags").json().path("tags")).isEmpty();
    }

    @Test
    void whatTheSchemaDoesNotKnowIsRefused() {
        create("\"visibility\": \"public\"");

        cloud.post(admin, NAMESPACES, "{\"namespace\": \"" + name + "\"}").expect(409);
        cloud.post(admin, NAMESPACES, "{}").expect(400);
        cloud.post(admin, NAMESPACES, "{\"namespace\": \"" + "n".repeat(81) + "\"}")
                .expect(400);
        cloud.post(admin, NAMESPACES, "{\"namespace\": \"x\", \"visibility\": \"shared\"}")
                .expect(400);
        cloud.post(admin, NAMESPACES, "{\"namespace\": \"x\", \"self\": \"y\"}").expect(403);
        cloud.post(admin, path + "/properties", "{\"name\": \"p\", \"title\": \"P\", \"type\": \"float\"}")
                .expect(400);
        cloud.post(admin, path + "/properties", "{\"name\": \"p\", \"type\": \"string\"}")
                .expect(400);
        cloud.post(admin, path + "/objects", "{\"name\": \"o\", \"properties\": {\"p\": 1}}")
                .expect(400);
        cloud.post(admin, path + "/tags", "{\"tags\": [1]}").expect(400);
        cloud.post(admin, path + "/tags/" + "t".repeat(81), null).expect(400);
        cloud.get(admin, NAMESPACES + "?marker=" + UUID.randomUUID()).expect(404);
        cloud.get(admin, NAMESPACES + "?sort_dir=up").expect(400);
    }

    @Test
    void aResourceTypeBecomesKnownWithItsFirstAssociation() {
        create("\"visibility\": \"public\"");
        String type = "OS::Test::" + UUID.randomUUID();

        cloud.post(admin, path + "/resource_types", "{\"name\": \"" + type + "\"}")
                .expect(201);

        assertThat(cloud.get(tenant.token(), "/image/v2/metadefs/resource_types")
                        .expect(200)
                        .json()
                        .path("resource_types")
                        .findValuesAsText("name"))
                .contains("OS::Glance::Image", type);
        assertThat(names(tenant.token(), "resource_types=" + type)).isEqualTo("[" + name + "]");
    }

    @Test
    void schemasAreShown() {
        JsonNode schema = cloud.get(tenant.token(), "/image/v2/schemas/metadefs/resource_types")
                .expect(200)
                .json();
        assertThat(schema.path("name").asText()).isEqualTo("resource_type_associations");
        cloud.get(tenant.token(), "/image/v2/schemas/metadefs/nothing").expect(404);
    }

    private void create(String fields) {
        cloud.post(admin, NAMESPACES, "{\"namespace\": \"" + name + "\", " + fields + "}")
                .expect(201);
    }

    private String names(String token, String query) {
        return cloud.get(token, NAMESPACES + "?" + query)
                .expect(200)
                .json()
                .findValuesAsText("namespace")
                .toString();
    }

    private static String property(String name) {
        return "{\"name\": \"" + name + "\", \"title\": \"P\", \"type\": \"string\"}";
    }
}
