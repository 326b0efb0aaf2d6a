package cloud.stasis.gateway.http;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.identity.Token;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/// What the gate knows about a request. Kept in its routing context.
///
/// @param admission whom its route lets in; empty if the table of policies has no such route
record GatedRequest(
        RequestIds ids, Api api, Optional<Admission> admission, Optional<Token> valid, Optional<Microversion> version)
        implements CurrentRequest {
    private static final String KEY = GatedRequest.class.getName();

    static GatedRequest of(RoutingContext routing) {
        return known(routing).orElseThrow(() -> new IllegalStateException("a request has come around the gate"));
    }

    /// Empty for one that is so malformed that it did not get to the gate.
    static Optional<GatedRequest> known(RoutingContext routing) {
        return Optional.ofNullable(routing.get(KEY));
    }

    void keep(RoutingContext routing) {
        routing.put(KEY, this);
    }

    GatedRequest with(Token token) {
        return new GatedRequest(ids, api, admission, Optional.of(token), version);
    }

    GatedRequest in(Microversion negotiated) {
        return new GatedRequest(ids, api, admission, valid, Optional.of(negotiated));
    }

    @Override
    public String id() {
        return ids.own();
    }

    @Override
    public Token token() {
        return valid.orElseThrow(() -> new FaultException(Faults.ofHttp(401)));
    }

    @Override
    public Caller caller() {
        return token().caller(id());
    }

    @Override
    public Microversion microversion() {
        return version.orElseThrow(() -> new IllegalStateException(api + " has no microversions"));
    }
}
