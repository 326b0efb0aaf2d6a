package cloud.stasis.gateway.http.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.Routes;
import cloud.stasis.gateway.Routes.Route;
import cloud.stasis.gateway.TestCloud;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The description of our own API against the routes that there are.
@QuarkusTest
class OpenApiIT {
    private static final String PREFIX = "/snapshot/v1";

    /// What is asked says everything.
    private static final Set<String> WITHOUT_BODY = Set.of(
            PREFIX + "/jobs/{}/cancel POST",
            PREFIX + "/jobs/{}/retry POST",
            PREFIX + "/policies/{}/run POST",
            PREFIX + "/state-backups POST");

    private final TestCloud cloud = new TestCloud();

    @Test
    void everyRouteIsDescribedWithItsBodyItsAnswersItsFaultsAndItsToken() {
        JsonNode document = document();
        assertThat(document.at("/components/securitySchemes/token/name").asText())
                .isEqualTo("X-Auth-Token");
        assertThat(document.at("/components/schemas/Problem/properties").has("request_id"))
                .isTrue();

        List<String> wrong = new ArrayList<>();
        Set<String> withoutBody = new TreeSet<>();
        int seen = 0;
        for (Route route : Routes.all()) {
            if (!route.path().startsWith(PREFIX)) {
                continue;
            }
            seen++;
            JsonNode operation = document.path("paths")
                    .path(route.path())
                    .path(route.method().toLowerCase(Locale.ROOT));
            if (operation.isMissingNode()) {
                wrong.add(route + " is not described");
                continue;
            }
            check(route, operation, wrong);
            boolean mayHaveBody =
                    route.method().equals("POST") || route.method().equals("PUT");
            if (mayHaveBody && operation.path("requestBody").isMissingNode()) {
                withoutBody.add(route.shape() + " " + route.method());
            }
        }
        assertThat(seen).isGreaterThan(40);
        assertThat(wrong).isEmpty();
        assertThat(withoutBody).containsExactlyInAnyOrderElementsOf(WITHOUT_BODY);
    }

    private static void check(Route route, JsonNode operation, List<String> wrong) {
        if (operation.path("summary").asText().isBlank()) {
            wrong.add(route + " has no summary");
        }
        if (!operation.at("/security/0").has("token")) {
            wrong.add(route + " does not say that it needs a token");
        }
        JsonNode body = operation.path("requestBody");
        if (!body.isMissingNode() && !isTyped(body.at("/content/application~1json/schema"))) {
            wrong.add(route + " has a body of any form");
        }
        JsonNode responses = operation.path("responses");
        List<String> good = new ArrayList<>();
        responses.fieldNames().forEachRemaining(status -> {
            if (status.startsWith("2")) {
                good.add(status);
            }
        });
        if (good.size() != 1) {
            wrong.add(route + " answers " + good);
        }
        for (String status : good) {
            JsonNode content = responses.path(status).path("content");
            boolean empty = status.equals("204");
            if (!empty
                    && (content.isEmpty() || !isTyped(content.elements().next().path("schema")))) {
                wrong.add(route + " answers " + status + " with any form");
            }
        }
        List<String> faults = new ArrayList<>(List.of("401", "403", "429", "503"));
        if (route.path().contains("{")) {
            faults.add("404");
        }
        if (!body.isMissingNode()) {
            faults.add("400");
        }
        if (!route.isReading()) {
            faults.add("409");
        }
        for (String status : faults) {
            if (!responses
                    .path(status)
                    .at("/content/application~1problem+json/schema/$ref")
                    .asText()
                    .endsWith("/Problem")) {
                wrong.add(route + " does not say when it answers " + status);
            }
        }
    }

    private static boolean isTyped(JsonNode schema) {
        return schema.has("$ref") || schema.has("properties") || schema.has("items");
    }

    private JsonNode document() {
        return cloud.get("", "/q/openapi?format=json").expect(200).json();
    }
}
