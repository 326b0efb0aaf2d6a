package cloud.stasis.gateway.http;

import cloud.stasis.gateway.audit.AuditLine;
import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes down each request that may change something, once it has been answered. Neither queries nor bodies are in
/// it, so that no secret ever is: of a body only the name of the action that it asks for, of an answer only the ids of
/// what was made. A login has no user yet: what became of it is its status, and its token's first use has the name.
final class AuditTrail {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final String ACTION = AuditTrail.class.getName() + ".action";
    private static final String MADE = AuditTrail.class.getName() + ".made";

    private AuditTrail() {}

    static void follow(RoutingContext routing) {
        if (!READING.contains(routing.request().method().name())) {
            routing.addEndHandler(ended -> write(routing, ended.succeeded()));
        }
    }

    private static boolean asksForAction(RoutingContext routing) {
        return routing.normalizedPath().endsWith("/action");
    }

    /// Looks what the body of an action request names, whichever resource takes it.
    @Provider
    @Singleton
    static final class Actions implements ReaderInterceptor {
        private final RoutingContext current;

        Actions(RoutingContext current) {
            this.current = current;
        }

        @Override
        public @Nullable Object aroundReadFrom(ReaderInterceptorContext reading) throws IOException {
            Object body = reading.proceed();
            if (body instanceof JsonNode json && json.size() == 1 && asksForAction(current)) {
                current.put(ACTION, Faults.shortened(json.fieldNames().next()));
            }
            return body;
        }
    }

    /// Looks what an answer calls what it made.
    @Provider
    @Singleton
    static final class Products implements ContainerResponseFilter {
        private final RoutingContext current;
        private final ObjectMapper json;

        Products(RoutingContext current, ObjectMapper json) {
            this.current = current;
            this.json = json;
        }

        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            boolean mayBe = request.getMethod().equals("POST")
                    && response.getStatusInfo().getFamily() == Response.Status.Family.SUCCESSFUL;
            if (!mayBe) {
                return;
            }
            List<String> made = new ArrayList<>();
            if (response.hasEntity()) {
                made.addAll(named(json.valueToTree(response.getEntity()), asksForAction(current)));
            }
            String location = response.getHeaderString("Location");
            if (made.isEmpty() && location != null) {
                made.add(location.substring(location.lastIndexOf('/') + 1));
            }
            current.put(MADE, made);
        }

        /// An action answers with what it changed; what it makes is an image.
        private static List<String> named(JsonNode body, boolean byAction) {
            List<String> named = new ArrayList<>();
            body.properties().forEach(field -> {
                JsonNode value = field.getValue();
                if (field.getKey().equals("image_id")) {
                    named.add("image/" + Faults.shortened(value.asText()));
                } else if (!byAction && field.getKey().equals("id")) {
                    named.add(Faults.shortened(value.asText()));
                } else if (!byAction && value.has("id")) {
                    named.add(field.getKey() + "/"
                            + Faults.shortened(value.path("id").asText()));
                }
            });
            return named;
        }
    }

    private static void write(RoutingContext routing, boolean answered) {
        GatedRequest request = GatedRequest.of(routing);
        new AuditLine(
                        routing.request().method() + " " + routing.normalizedPath(),
                        Optional.ofNullable(routing.get(ACTION)),
                        request.valid().map(AuditTrail::who).orElse(AuditLine.Who.NOBODY),
                        Optional.ofNullable(routing.<List<String>>get(MADE)).orElse(List.of()),
                        Optional.ofNullable(routing.request().remoteAddress())
                                .map(SocketAddress::hostAddress)
                                .orElse("-"),
                        answered ? Integer.toString(routing.response().getStatusCode()) : "broken-off",
                        request.id(),
                        request.ids().global())
                .write();
    }

    private static AuditLine.Who who(Token token) {
        return new AuditLine.Who(
                Optional.of(token.user().id().toString()),
                token.scope() instanceof Scope.Project project
                        ? Optional.of(project.id().toString())
                        : Optional.empty(),
                token.roles().stream().map(Token.Role::name).toList(),
                token.applicationCredential().map(credential -> credential.id().toString()));
    }
}
