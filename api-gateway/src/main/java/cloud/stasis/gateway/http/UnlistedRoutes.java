package cloud.stasis.gateway.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/// A resource that `policy.txt` has no line for lets nobody in. What is not served at all never comes here, and is
/// a 404 or a 405 as always.
class UnlistedRoutes {
    private static final Logger LOG = Logger.getLogger(UnlistedRoutes.class);

    private final RoutingContext routing;

    UnlistedRoutes(RoutingContext routing) {
        this.routing = routing;
    }

    @ServerRequestFilter
    void refuse() {
        if (GatedRequest.of(routing).admission().isEmpty()) {
            LOG.errorf(
                    "policy.txt has no line for method=%s path=%s",
                    routing.request().method(), routing.normalizedPath());
            throw new StasisException(ErrorCode.ACCESS_DENIED, "No policy allows this to anybody.");
        }
    }
}
