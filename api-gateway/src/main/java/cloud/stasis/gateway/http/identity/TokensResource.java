package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.Fault;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.identity.Catalogue;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.Logins;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.gateway.identity.TokenCatalogue;
import cloud.stasis.gateway.identity.Tokens;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tokens: given, shown, checked, revoked; and the catalogue.
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class TokensResource {
    private static final String SUBJECT = "X-Subject-Token";

    private final CurrentRequest request;
    private final RoutingContext routing;
    private final Logins logins;
    private final Tokens tokens;
    private final TokenCatalogue catalogue;

    TokensResource(
            CurrentRequest request, RoutingContext routing, Logins logins, Tokens tokens, TokenCatalogue catalogue) {
        this.request = request;
        this.routing = routing;
        this.logins = logins;
        this.tokens = tokens;
        this.catalogue = catalogue;
    }

    @POST
    @Path("auth/tokens")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response login(@QueryParam("nocatalog") @Nullable String nocatalog, @Nullable JsonNode body) {
        return switch (logins.login(
                LoginBody.parse(body), routing.request().remoteAddress().host())) {
            case Logins.Outcome.Accepted(Tokens.Issued issued) ->
                Response.status(Response.Status.CREATED)
                        .header(SUBJECT, issued.text())
                        .header("Vary", "X-Auth-Token")
                        .entity(body(issued.token(), nocatalog))
                        .build();
            case Logins.Outcome.Refused _ -> throw new FaultException(Faults.ofHttp(401));
            case Logins.Outcome.TryLater(Duration delay) ->
                throw new FaultException(new Fault(
                        429,
                        Optional.of(ErrorCode.TOO_BUSY),
                        "Too many failed logins. Try again later.",
                        Optional.of(delay.plusSeconds(1))));
        };
    }

    @GET
    @Path("auth/tokens")
    public Response show(
            @HeaderParam(SUBJECT) @Nullable String subject, @QueryParam("nocatalog") @Nullable String nocatalog) {
        Token shown = subject(subject, IdentityAction.VALIDATE_TOKEN);
        return Response.ok(body(shown, nocatalog)).header(SUBJECT, subject).build();
    }

    @HEAD
    @Path("auth/tokens")
    public Response check(@HeaderParam(SUBJECT) @Nullable String subject) {
        subject(subject, IdentityAction.VALIDATE_TOKEN);
        return Response.ok().header(SUBJECT, subject).build();
    }

    @DELETE
    @Path("auth/tokens")
    public void revoke(@HeaderParam(SUBJECT) @Nullable String subject) {
        tokens.revoke(subject(subject, IdentityAction.REVOKE_TOKEN));
    }

    @GET
    @Path("auth/catalog")
    public Map<String, Object> catalog() {
        List<Catalogue.Service> services = catalogue.of(request.token().scope());
        return Bodies.list("catalog", TokenBody.catalog(services));
    }

    private Token subject(@Nullable String text, IdentityAction action) {
        if (text == null || text.isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "The header " + SUBJECT + " is required.");
        }
        Token subject = tokens.token(text)
                .orElseThrow(() -> new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find token."));
        action.check(request.token(), subject.user().id());
        return subject;
    }

    private Map<String, Object> body(Token token, @Nullable String nocatalog) {
        return TokenBody.of(token, nocatalog == null ? Optional.of(catalogue.of(token.scope())) : Optional.empty());
    }
}
