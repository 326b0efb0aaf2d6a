package cloud.stasis.gateway.http;

import cloud.stasis.gateway.identity.Authenticator;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/// In front of every door. In this order:
/// ```
/// request id, audit -> microversion -> token -> rate -> policy -> door
///                           \            \        \       \         \
///                            +------------+--------+-------+---------+--> fault
/// ```
/// A fault has the form of the API that was called. Runs on the event loop. Only a token that was not seen lately is
/// looked up on a worker thread; the request's body stays in the socket meanwhile.
@ApplicationScoped
public class Gate {
    /// Before everything that serves; Quarkus's own housekeeping comes earlier.
    static final int ORDER = -10_000;
    /// Routes that stream bodies themselves belong here: behind the gate, before the limit on JSON bodies.
    public static final int STREAMING_ROUTE_ORDER = -5_000;

    /// What is served without reading anything.
    static final int FIXED_ROUTE_ORDER = -4_000;
    private static final int BODY_LIMIT_ORDER = -3_000;

    private static final Logger LOG = Logger.getLogger(Gate.class);
    /// A length of more digits is too much anyway, and no `long` perhaps.
    private static final int MAX_LENGTH_DIGITS = 18;

    /// For a body of JSON, which has at most a megabyte, to be there as a whole.
    private static final Duration BODY_DEADLINE = Duration.ofMinutes(1);

    private static final String TOKEN_HEADER = "X-Auth-Token";

    /// What the HTTP server itself says to a path that it cannot read, before it asks any route.
    private static final List<Integer> MALFORMED = List.of(400, 404);

    private final Authenticator authenticator;
    private final Policy policy;
    private final RequestRates rates;
    private final FaultReplies replies;
    private final Vertx vertx;
    private final MemorySize bodyLimit;

    Gate(
            Authenticator authenticator,
            Policy policy,
            RequestRates rates,
            FaultReplies replies,
            Vertx vertx,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize bodyLimit) {
        this.policy = policy;
        this.rates = rates;
        this.bodyLimit = bodyLimit;
        this.authenticator = authenticator;
        this.replies = replies;
        this.vertx = vertx;
    }

    void install(@Observes Router router) {
        router.route().order(ORDER).handler(this::admit).failureHandler(this::refuse);
        MALFORMED.forEach(status -> router.errorHandler(status, this::refuse));
        router.route().order(BODY_LIMIT_ORDER).handler(this::limitBody);
        router.route().last().order(Integer.MAX_VALUE).handler(routing -> routing.fail(404));
    }

    private void admit(RoutingContext routing) {
        GatedRequest request = identified(routing);
        AuditTrail.follow(routing);
        if (request.api().microversions().isPresent()) {
            request = negotiated(routing, request, request.api().microversions().get());
        }
        if (request.admission().equals(Optional.of(Admission.OPEN))) {
            routing.next();
        } else {
            authenticate(routing, request);
        }
    }

    private GatedRequest identified(RoutingContext routing) {
        RequestIds ids = numbered(routing);
        Api api = Api.of(routing.normalizedPath());
        HttpServerResponse response = routing.response();
        if (api == Api.COMPUTE) {
            response.putHeader("x-compute-request-id", ids.own());
        }
        GatedRequest request = new GatedRequest(
                ids,
                api,
                policy.of(routing.request().method().name(), routing.normalizedPath()),
                Optional.empty(),
                Optional.empty());
        request.keep(routing);
        return request;
    }

    /// Every line that is logged on behalf of the request has its ids from here on, on whatever thread.
    private static RequestIds numbered(RoutingContext routing) {
        RequestIds ids = RequestIds.fresh(routing.request().getHeader(RequestIds.HEADER));
        MDC.put("requestId", ids.own());
        ids.global().ifPresent(global -> MDC.put("global_request_id", global));
        routing.response().putHeader(RequestIds.HEADER, ids.own());
        return ids;
    }

    private GatedRequest negotiated(RoutingContext routing, GatedRequest request, MicroversionRange range) {
        // Until it is known, a fault says the minimum, as the services do.
        echo(routing, range, range.minimum());
        GatedRequest versioned =
                request.in(range.negotiate(name -> routing.request().getHeader(name)));
        echo(routing, range, versioned.microversion());
        versioned.keep(routing);
        return versioned;
    }

    private static void echo(RoutingContext routing, MicroversionRange range, Microversion version) {
        range.echo(version).forEach(header -> routing.response().putHeader(header.name(), header.value()));
    }

    private void authenticate(RoutingContext routing, GatedRequest request) {
        String text = routing.request().getHeader(TOKEN_HEADER);
        if (text == null || text.isEmpty() || text.length() > Authenticator.MAX_TOKEN_LENGTH) {
            routing.fail(401);
            return;
        }
        Optional<Token> cached = authenticator.cached(text);
        if (cached.isPresent()) {
            pass(routing, request, cached.get());
            return;
        }
        vertx.executeBlocking(() -> authenticator.token(text), false).onComplete(looked -> {
            if (looked.failed()) {
                routing.fail(looked.cause());
            } else if (looked.result().isPresent()) {
                pass(routing, request, looked.result().get());
            } else {
                routing.fail(401);
            }
        });
    }

    private void pass(RoutingContext routing, GatedRequest request, Token token) {
        request.with(token).keep(routing);
        Optional<Duration> wait = rates.refused(token);
        if (wait.isPresent()) {
            routing.fail(new FaultException(new Fault(
                    429,
                    Optional.of(ErrorCode.TOO_BUSY),
                    "This was one request too many. Try again later.",
                    Optional.of(wait.get().plusSeconds(1)))));
            return;
        }
        Optional<Admission> refused = request.admission().filter(rule -> !rule.admits(token));
        if (refused.isPresent()) {
            routing.fail(new StasisException(
                    ErrorCode.ACCESS_DENIED,
                    "Policy doesn't allow this to be performed: it needs "
                            + refused.get().word() + "."));
            return;
        }
        routing.next();
    }

    /// The HTTP server has the same limit, but says so without a body; it also watches bodies of unknown length.
    private void limitBody(RoutingContext routing) {
        String length = routing.request().getHeader("Content-Length");
        if (length != null || routing.request().getHeader("Transfer-Encoding") != null) {
            cutOffLate(routing);
        }
        if (length == null) {
            routing.next();
        } else if (!length.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            routing.fail(400);
        } else if (length.length() > MAX_LENGTH_DIGITS || Long.parseLong(length) > bodyLimit.asLongValue()) {
            routing.fail(413);
        } else {
            routing.next();
        }
    }

    /// Who sends a byte now and then would never be idle.
    private void cutOffLate(RoutingContext routing) {
        long timer = vertx.setTimer(BODY_DEADLINE.toMillis(), _ -> {
            if (!routing.request().isEnded()) {
                routing.request().connection().close();
            }
        });
        routing.addEndHandler(_ -> vertx.cancelTimer(timer));
    }

    private void refuse(RoutingContext routing) {
        Optional<GatedRequest> known = GatedRequest.known(routing);
        if (known.isEmpty()) {
            GatedRequest malformed = new GatedRequest(
                    numbered(routing), Api.PLATFORM, Optional.empty(), Optional.empty(), Optional.empty());
            replies.send(routing, malformed, Faults.ofHttp(400));
            return;
        }
        GatedRequest request = known.get();
        Fault fault = routing.failure() == null
                ? Faults.ofHttp(routing.statusCode())
                : Faults.of(routing.failure(), request.api(), request.id());
        if (fault.isOurs()) {
            LOG.errorf(
                    routing.failure(),
                    "Request failed requestId=%s status=%s method=%s path=%s",
                    request.id(),
                    fault.status(),
                    routing.request().method(),
                    routing.normalizedPath());
        }
        replies.send(routing, request, fault);
    }
}
