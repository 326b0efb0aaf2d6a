package cloud.stasis.gateway.http.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What operators enter into the catalogue, and what tenants find there.
@QuarkusTest
class CatalogueIT {
    private final TestCloud cloud = new TestCloud();
    private String admin;

    @BeforeEach
    void login() {
        admin = cloud.admin();
    }

    @Test
    void aServiceOfOthersStandsInTheCatalogueOfTokens() {
        Tenant tenant = cloud.tenant("member");
        String type = "object-" + UUID.randomUUID();
        String service = made("services", "service", "{\"type\": \"%s\", \"name\": \"files\"}".formatted(type));
        String endpoint = made("endpoints", "endpoint", """
                {"service_id": "%s", "interface": "public", "region": "Elsewhere",
                 "url": "https://files.example/v1/AUTH_%%(tenant_id)s"}
                """.formatted(service));

        JsonNode entry = entry(catalogue(tenant), type);
        assertThat(entry.at("/endpoints/0/url").asText())
                .isEqualTo("https://files.example/v1/AUTH_" + tenant.projectId());
        assertThat(entry.at("/endpoints/0/region").asText()).isEqualTo("Elsewhere");
        assertThat(entry(catalogue(tenant), "compute").path("endpoints")).hasSize(3);

        change("endpoints/" + endpoint, "{\"endpoint\": {\"enabled\": false}}").expect(200);
        assertThat(entry(catalogue(tenant), type).isMissingNode()).isTrue();
        change("endpoints/" + endpoint, "{\"endpoint\": {\"enabled\": true}}").expect(200);
        change("services/" + service, "{\"service\": {\"enabled\": false}}").expect(200);
        assertThat(entry(catalogue(tenant), type).isMissingNode()).isTrue();
        cloud.call(admin, "DELETE", "/identity/v3/services/" + service, null).expect(204);
        cloud.get(admin, "/identity/v3/endpoints/" + endpoint).expect(404);
    }

    @Test
    void ourOwnServiceMayHaveEndpointsInOtherRegions() {
        String compute = cloud.get(admin, "/identity/v3/services?type=compute")
                .expect(200)
                .json()
                .at("/services/0/id")
                .asText();
        String endpoint = made("endpoints", "endpoint", """
                {"service_id": "%s", "interface": "public", "region": "Other", "url": "http://other.example/compute"}
                """.formatted(compute));

        assertThat(entry(catalogue(cloud.tenant("reader")), "compute").path("endpoints"))
                .hasSize(4);

        cloud.call(admin, "DELETE", "/identity/v3/endpoints/" + endpoint, null).expect(204);
    }

    @Test
    void whatFollowsFromTheConfigurationCannotBeChanged() {
        for (String kind : List.of("services", "endpoints", "regions")) {
            String own = cloud.get(admin, "/identity/v3/" + kind)
                    .expect(200)
                    .json()
                    .at("/" + kind + "/0/id")
                    .asText();
            String one = kind.substring(0, kind.length() - 1);

            cloud.call(admin, "DELETE", "/identity/v3/" + kind + "/" + own, null)
                    .expect(403);
            change(kind + "/" + own, "{\"" + one + "\": {\"description\": \"mine\"}}")
                    .expect(403);
        }
    }

    @Test
    void aRegionWithSomethingInItStays() {
        String outer = made("regions", "region", "{\"description\": \"all of it\"}");
        String inner = made("regions", "region", "{\"parent_region_id\": \"%s\"}".formatted(outer));

        assertThat(cloud.get(admin, "/identity/v3/regions?parent_region_id=" + outer)
                        .json()
                        .path("regions"))
                .hasSize(1);
        cloud.call(admin, "DELETE", "/identity/v3/regions/" + outer, null).expect(403);
        change("regions/" + outer, "{\"region\": {\"parent_region_id\": \"%s\"}}".formatted(inner))
                .expect(400);
        cloud.call(admin, "PUT", "/identity/v3/regions/" + outer, "{\"region\": {}}")
                .expect(409);
        cloud.call(admin, "DELETE", "/identity/v3/regions/" + inner, null).expect(204);
        cloud.call(admin, "DELETE", "/identity/v3/regions/" + outer, null).expect(204);
        cloud.get(admin, "/identity/v3/regions/" + outer).expect(404);
    }

    @Test
    void badEntriesAreRefused() {
        String service = made("services", "service", "{\"type\": \"t-" + UUID.randomUUID() + "\"}");
        for (String endpoint : List.of(
                "{\"interface\": \"public\", \"url\": \"http://x\"}",
                "{\"service_id\": \"SERVICE\", \"interface\": \"secret\", \"url\": \"http://x\"}",
                "{\"service_id\": \"SERVICE\", \"interface\": \"public\", \"url\": \"file:///etc/passwd\"}",
                "{\"service_id\": \"SERVICE\", \"interface\": \"public\", \"url\": \"http://x\", \"enabled\": \"False\"}",
                "{\"service_id\": \"SERVICE\", \"interface\": \"public\", \"url\": \"http://x\", \"region\": \"a/b\"}")) {
            create("endpoints", "endpoint", endpoint.replace("SERVICE", service))
                    .expect(400);
        }
        create("endpoints", "endpoint", "{\"service_id\": \"nope\", \"interface\": \"public\", \"url\": \"http://x\"}")
                .expect(404);
        create("services", "service", "{\"name\": \"without a type\"}").expect(400);
        cloud.post(cloud.tenant("member").token(), "/identity/v3/services", "{\"service\": {\"type\": \"t\"}}")
                .expect(403);
        cloud.call(admin, "DELETE", "/identity/v3/services/" + service, null).expect(204);
    }

    private String made(String kind, String one, String body) {
        return create(kind, one, body).expect(201).json().at("/" + one + "/id").asText();
    }

    private Answer create(String kind, String one, String body) {
        return cloud.post(admin, "/identity/v3/" + kind, "{\"" + one + "\": " + body + "}");
    }

    private Answer change(String path, String body) {
        return cloud.call(admin, "PATCH", "/identity/v3/" + path, body);
    }

    private JsonNode catalogue(Tenant tenant) {
        return cloud.get(tenant.token(), "/identity/v3/auth/catalog")
                .expect(200)
                .json()
                .path("catalog");
    }

    private static JsonNode entry(JsonNode catalogue, String type) {
        return StreamSupport.stream(catalogue.spliterator(), false)
                .filter(service -> service.path("type").asText().equals(type))
                .findFirst()
                .orElseGet(() -> catalogue.path("nothing"));
    }
}
