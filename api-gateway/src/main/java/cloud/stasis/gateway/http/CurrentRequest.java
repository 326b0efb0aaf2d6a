package cloud.stasis.gateway.http;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.model.StasisException;
import io.vertx.ext.web.RoutingContext;

/// The request that is being served, as the [Gate] let it in. Inject it into a resource of any scope, or read it
/// from the routing context in a Vert.x route.
public interface CurrentRequest {
    static CurrentRequest of(RoutingContext routing) {
        return GatedRequest.of(routing);
    }

    /// `req-<uuid>`: in the answer's headers, in every log line, on the bus.
    String id();

    Api api();

    /// @throws FaultException 401 on a path that needs no token, when none was given
    Token token();

    /// Who calls, and for which project.
    ///
    /// @throws StasisException `ACCESS_DENIED` if the token is not scoped to a project
    Caller caller();

    /// The negotiated version; only of an API that has them.
    Microversion microversion();
}
