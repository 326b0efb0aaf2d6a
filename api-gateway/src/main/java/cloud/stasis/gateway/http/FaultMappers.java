package cloud.stasis.gateway.http;

import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.ValidationException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/// Faults of the REST layer. The several methods are one: the framework brings mappers of its own for some of these
/// types, and the most specific type wins.
class FaultMappers {
    private static final Logger LOG = Logger.getLogger(FaultMappers.class);

    private final FaultReplies replies;
    private final RoutingContext routing;

    FaultMappers(FaultReplies replies, RoutingContext routing) {
        this.replies = replies;
        this.routing = routing;
    }

    @ServerExceptionMapper
    Response stasis(StasisException failure) {
        return reply(failure);
    }

    @ServerExceptionMapper
    Response fault(FaultException failure) {
        return reply(failure);
    }

    @ServerExceptionMapper
    Response mismatched(MismatchedInputException failure) {
        return reply(failure);
    }

    @ServerExceptionMapper
    Response json(JsonProcessingException failure) {
        return reply(failure);
    }

    @ServerExceptionMapper
    Response invalid(ValidationException failure) {
        return reply(failure);
    }

    @ServerExceptionMapper
    Response notFound(NotFoundException failure) {
        return reply(failure);
    }

    @ServerExceptionMapper
    Response http(WebApplicationException failure) {
        return reply(failure);
    }

    @ServerExceptionMapper
    Response anything(Throwable failure) {
        return reply(failure);
    }

    private Response reply(Throwable failure) {
        GatedRequest request = GatedRequest.of(routing);
        Fault fault = Faults.of(failure, request.api(), request.id());
        if (fault.isOurs()) {
            LOG.errorf(
                    failure,
                    "Request failed requestId=%s status=%s method=%s path=%s",
                    request.id(),
                    fault.status(),
                    routing.request().method(),
                    routing.normalizedPath());
        }
        return replies.response(request, fault, routing.request().getHeader("Accept"));
    }
}
