package cloud.stasis.gateway.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers a request with a fault, whichever of the two HTTP layers it failed in.
@ApplicationScoped
class FaultReplies {
    private final PublicUrls urls;

    FaultReplies(PublicUrls urls) {
        this.urls = urls;
    }

    void send(RoutingContext routing, GatedRequest request, Fault fault) {
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            // Half an answer is out: the client must not take it for a whole one.
            routing.request().connection().close();
            return;
        }
        FaultBodies.Body body = body(request, fault, routing.request().getHeader("Accept"));
        response.setStatusCode(fault.status());
        response.headers().remove("Content-Length").remove("Transfer-Encoding");
        response.putHeader("Content-Type", body.mediaType());
        headers(fault).forEach(header -> response.putHeader(header.name(), header.value()));
        response.end(body.text());
    }

    Response response(GatedRequest request, Fault fault, @Nullable String accept) {
        FaultBodies.Body body = body(request, fault, accept);
        Response.ResponseBuilder response =
                Response.status(fault.status()).type(body.mediaType()).entity(body.text());
        headers(fault).forEach(header -> response.header(header.name(), header.value()));
        return response.build();
    }

    private static FaultBodies.Body body(GatedRequest request, Fault fault, @Nullable String accept) {
        return FaultBodies.of(request.api(), fault, accept, request.id());
    }

    private List<MicroversionRange.Header> headers(Fault fault) {
        List<MicroversionRange.Header> headers = new ArrayList<>();
        if (fault.status() == 401) {
            headers.add(new MicroversionRange.Header("WWW-Authenticate", "Keystone uri=\"" + urls.identity() + "\""));
        }
        fault.retryAfter()
                .ifPresent(wait ->
                        headers.add(new MicroversionRange.Header("Retry-After", Long.toString(wait.toSeconds()))));
        return headers;
    }
}
