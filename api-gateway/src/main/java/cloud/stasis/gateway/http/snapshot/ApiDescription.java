package cloud.stasis.gateway.http.snapshot;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/// Adds to the description of our own API what holds for each of its operations, so that none has to repeat it: the
/// token, and the faults with their form.
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {
    private static final String PREFIX = "/snapshot/v1";
    private static final String TOKEN = "token";
    private static final String PROBLEM = "Problem";
    private static final Set<PathItem.HttpMethod> READING = Set.of(PathItem.HttpMethod.GET, PathItem.HttpMethod.HEAD);

    @Override
    public void filterOpenAPI(OpenAPI document) {
        Components components = Optional.ofNullable(document.getComponents()).orElseGet(OASFactory::createComponents);
        components.addSecurityScheme(
                TOKEN,
                OASFactory.createSecurityScheme()
                        .type(SecurityScheme.Type.APIKEY)
                        .in(SecurityScheme.In.HEADER)
                        .name("X-Auth-Token")
                        .description("A token of the identity API, scoped to a project"));
        components.addSchema(PROBLEM, problem());
        document.setComponents(components);
        document.getPaths().getPathItems().forEach((path, item) -> {
            if (path.startsWith(PREFIX)) {
                item.getOperations().forEach((method, operation) -> complete(path, method, operation));
            }
        });
    }

    private static Schema problem() {
        return OASFactory.createSchema()
                .type(List.of(Schema.SchemaType.OBJECT))
                .description("A fault (RFC 9457)")
                .addProperty("type", text("`urn:stasis:error:CODE`"))
                .addProperty("title", text("What the status is called"))
                .addProperty("status", OASFactory.createSchema().type(List.of(Schema.SchemaType.INTEGER)))
                .addProperty("detail", text("What was wrong, and what to do"))
                .addProperty("code", text("By which programs know it"))
                .addProperty("request_id", text("By which operators find it in their logs"));
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING)).description(description);
    }

    private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
        operation.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme(TOKEN));
        Map<String, String> faults = new TreeMap<>(Map.of(
                "401", "There is no valid token.",
                "403", "The caller's roles do not allow this, or the project may not have more.",
                "429", "This was one request too many; `Retry-After` says when to try again.",
                "503", "A part of the cloud is away; `Retry-After` says when to try again."));
        if (path.contains("{")) {
            faults.put("404", "It is not there, or it is another project's.");
        }
        boolean takesSomething = operation.getRequestBody() != null
                || operation.getParameters() != null
                        && !operation.getParameters().isEmpty();
        if (takesSomething) {
            faults.put("400", "The request makes no sense.");
        }
        if (!READING.contains(method)) {
            faults.put("409", "What it is in now does not allow this.");
        }
        faults.forEach((status, meaning) -> {
            APIResponse said = operation.getResponses().getAPIResponse(status);
            if (said == null || said.getContent() == null) {
                operation.getResponses().addAPIResponse(status, fault(meaning));
            }
        });
    }

    private static APIResponse fault(String meaning) {
        return OASFactory.createAPIResponse()
                .description(meaning)
                .content(OASFactory.createContent()
                        .addMediaType(
                                "application/problem+json",
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref(PROBLEM))));
    }
}
