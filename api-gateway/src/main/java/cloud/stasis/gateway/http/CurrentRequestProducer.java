package cloud.stasis.gateway.http;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Produces;

/// Makes the request injectable.
class CurrentRequestProducer {
    @Produces
    @RequestScoped
    CurrentRequest current(RoutingContext routing) {
        return GatedRequest.of(routing);
    }
}
