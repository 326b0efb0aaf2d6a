package cloud.stasis.image.http;

import cloud.stasis.chunks.Capability;
import cloud.stasis.image.sync.PeerDoor;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.StasisException;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/// Lets calls in: who holds the right for a route is handed, on a virtual thread, to what the route does.
public final class HttpDoor {
    /// What a route does; blocks.
    @FunctionalInterface
    interface Work {
        void run(HttpCall call) throws Exception;
    }

    /// A failure that is the caller's, with the status that says so, where its kind alone would blame us.
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refusal(int status, StasisException cause) {
            super(cause);
            this.status = status;
        }
    }

    /// How long what the caller still sends is thrown away after a refusal, so that it gets to read the answer.
    private static final Duration LINGER = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(HttpDoor.class);
    private static final String AUTHORIZATION = "Authorization";
    private static final String BEARER = "Bearer ";

    private final AtomicInteger inside = new AtomicInteger();
    private final Capability.Key key;
    private final Optional<PeerDoor> peers;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /// @param peers lets other sites in too
    public HttpDoor(Capability.Key key, Optional<PeerDoor> peers) {
        this.key = key;
        this.peers = peers;
    }

    /// Whether anybody moves data now.
    public boolean isBusy() {
        return inside.get() > 0;
    }

    /// The handler for a route that needs `right`.
    Handler<RoutingContext> open(Capability.Right right, Work work) {
        return handler(call -> call.allowed(key.verify(token(call), right)), work);
    }

    /// As [#open], and other sites come in too, with any of `rights`.
    Handler<RoutingContext> openToPeers(Capability.Right right, Set<Capability.Right> rights, Work work) {
        return handler(
                call -> {
                    if (isFromPeer(call)) {
                        admit(call, rights);
                    } else {
                        call.allowed(key.verify(token(call), right));
                    }
                },
                work);
    }

    /// For other sites only.
    Handler<RoutingContext> openToPeers(Capability.Right right, Work work) {
        return handler(call -> admit(call, Set.of(right)), work);
    }

    private Handler<RoutingContext> handler(Consumer<HttpCall> admission, Work work) {
        return context -> {
            // Before anything else: a body that arrives while nobody listens would be lost.
            context.request().pause();
            HttpCall call = new HttpCall(context);
            threads.execute(() -> run(call, admission, work));
        };
    }

    private void admit(HttpCall call, Set<Capability.Right> rights) {
        PeerDoor door = peers.filter(_ -> isFromPeer(call))
                .orElseThrow(() -> new Refusal(
                        401,
                        new StasisException(ErrorCode.ACCESS_DENIED, "this is for the sites that are known here")));
        PeerDoor.Visit visit = door.admit(
                call.header(AUTHORIZATION).orElse("").substring(PeerDoor.SCHEME.length()), call.method(), call.uri());
        call.allowed(visit);
        visit.require(rights);
    }

    private static boolean isFromPeer(HttpCall call) {
        return call.header(AUTHORIZATION).orElse("").startsWith(PeerDoor.SCHEME);
    }

    private void run(HttpCall call, Consumer<HttpCall> admission, Work work) {
        inside.incrementAndGet();
        try {
            admission.accept(call);
            work.run(call);
        } catch (Refusal e) {
            refuse(call, e.status, ErrorReport.of(Objects.requireNonNull(e.getCause())));
        } catch (StasisException e) {
            if (e.kind() == ErrorKind.CORRUPT || e.kind() == ErrorKind.BUG) {
                LOG.errorf(e, "A call failed path=%s code=%s", call.path(), e.code());
            }
            refuse(call, e.kind().httpStatus(), e.report());
        } catch (Exception e) {
            LOG.errorf(e, "A call failed unexpectedly path=%s", call.path());
            refuse(call, ErrorKind.BUG.httpStatus(), new ErrorReport(ErrorCode.INTERNAL, "internal error"));
        } finally {
            inside.decrementAndGet();
        }
    }

    private static String token(HttpCall call) {
        String header = call.header(AUTHORIZATION).orElse("");
        if (!header.startsWith(BEARER)) {
            throw new Refusal(
                    401,
                    new StasisException(ErrorCode.ACCESS_DENIED, "a capability is needed: Authorization: Bearer ..."));
        }
        return header.substring(BEARER.length());
    }

    private static void refuse(HttpCall call, int status, ErrorReport report) {
        call.refuse(status, report, LINGER);
    }
}
