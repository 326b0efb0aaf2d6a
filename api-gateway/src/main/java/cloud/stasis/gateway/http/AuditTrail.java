package cloud.stasis.gateway.http;

import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Who asked to change what, from where, and with what result: one line for each request that may change something,
/// in the log category `audit`. Neither queries nor bodies are in it, so that no secret ever is.
///
/// `action=` is what the body of an action request names. A login has no user yet: what became of it is its status,
/// and its token's first use has the name.
@ApplicationScoped
public class AuditTrail {
    private static final Logger LOG = Logger.getLogger("audit");
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final String ACTION = AuditTrail.class.getName();
    private static final String NOBODY = "-";

    private final RoutingContext current;

    AuditTrail(RoutingContext current) {
        this.current = current;
    }

    /// Says which of its actions the current request is for.
    public void action(String name) {
        current.put(ACTION, Faults.shortened(name));
    }

    static void follow(RoutingContext routing) {
        if (!READING.contains(routing.request().method().name())) {
            routing.addEndHandler(ended -> write(routing, ended.succeeded()));
        }
    }

    private static void write(RoutingContext routing, boolean answered) {
        GatedRequest request = GatedRequest.of(routing);
        Optional<Token> token = request.valid();
        LOG.infof(
                "%s %s action=%s user=%s project=%s from=%s status=%s requestId=%s",
                routing.request().method(),
                routing.normalizedPath(),
                Optional.ofNullable(routing.<String>get(ACTION)).orElse(NOBODY),
                token.map(known -> known.user().id().toString()).orElse(NOBODY),
                token.flatMap(AuditTrail::project).orElse(NOBODY),
                Optional.ofNullable(routing.request().remoteAddress())
                        .map(SocketAddress::hostAddress)
                        .orElse(NOBODY),
                answered ? routing.response().getStatusCode() : "broken-off",
                request.id());
    }

    private static Optional<String> project(Token token) {
        return token.scope() instanceof Scope.Project project
                ? Optional.of(project.id().toString())
                : Optional.empty();
    }
}
