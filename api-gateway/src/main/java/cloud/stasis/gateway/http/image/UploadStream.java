package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.gateway.image.Uploads;
import cloud.stasis.model.ByteCount;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One upload on its way from the client to the image service. Runs on the request's event loop only, so there are
/// no locks.
///
/// ```
///              last byte sent on            answer 201
///   STREAMING ------------------> SENT ----------------> OVER (active, 204)
///       |                          |
///       | client gone, stalled,    | no answer: the end is not known
///       | too long, refused        | (left to Uploads.endOverdue, 503)
///       +--------------------------+--------------------> OVER (queued, or soon)
/// ```
final class UploadStream {
    private static final Logger LOG = Logger.getLogger(UploadStream.class);
    private static final int CLIENT_CLOSED = 400;
    /// How long the rest of a refused upload is read and thrown away: clients look for an answer only after the
    /// last byte.
    private static final Duration DRAIN = Duration.ofSeconds(60);

    /// For an upload of unknown length room is made in such steps.
    private static final ByteCount ROOM_AHEAD = ByteCount.ofMib(256);

    private enum Phase {
        STREAMING,
        SENT,
        OVER
    }

    private final Vertx vertx;
    private final RoutingContext routing;
    private final ImageServiceClient service;
    private final Uploads uploads;
    private final Uploads.Upload upload;
    private final Sizes sizes;
    private final Duration stall;

    private Phase phase = Phase.STREAMING;
    private long received;
    private long room;
    private long receivedAtLastLook;
    private Duration still = Duration.ZERO;
    private long timer = -1;
    private @Nullable HttpClientRequest out;

    /// @param exact what the client has announced, if it has
    /// @param limit the most that is taken
    record Sizes(Optional<Long> exact, long limit) {
        /// What is known to come before the first byte has come.
        ByteCount expected() {
            return ByteCount.ofBytes(exact.orElseGet(() -> Math.min(limit, ROOM_AHEAD.bytes())));
        }
    }

    UploadStream(
            Vertx vertx,
            RoutingContext routing,
            ImageServiceClient service,
            Uploads uploads,
            Uploads.Upload upload,
            Sizes sizes,
            Duration stall) {
        this.vertx = vertx;
        this.routing = routing;
        this.service = service;
        this.uploads = uploads;
        this.upload = upload;
        this.sizes = sizes;
        this.stall = stall;
        this.room = sizes.expected().bytes();
    }

    void start() {
        routing.response().closeHandler(_ -> clientGone());
        timer = vertx.setPeriodic(Uploads.LEASE.toMillis() / 4, _ -> look());
        service.upload(upload).onSuccess(this::stream).onFailure(cause -> serviceGone(cause));
    }

    private void stream(HttpClientRequest request) {
        out = request;
        if (phase == Phase.OVER || routing.response().closed()) {
            // It was nobody's failure.
            request.exceptionHandler(_ -> {});
            request.reset();
            clientGone();
            return;
        }
        HttpServerRequest in = routing.request();
        request.putHeader("Content-Type", "application/octet-stream");
        sizes.exact()
                .ifPresentOrElse(
                        length -> request.putHeader("Content-Length", Long.toString(length)),
                        () -> request.setChunked(true));
        request.exceptionHandler(this::serviceGone);
        request.response().onSuccess(this::answered).onFailure(this::serviceGone);
        in.exceptionHandler(_ -> clientGone());
        in.handler(bytes -> sendOn(in, request, bytes));
        in.endHandler(_ -> end(request));
        if ("100-continue".equalsIgnoreCase(in.getHeader("Expect"))) {
            routing.response().writeContinue();
        }
        in.resume();
    }

    private void sendOn(HttpServerRequest in, HttpClientRequest request, Buffer bytes) {
        if (phase != Phase.STREAMING) {
            return;
        }
        received += bytes.length();
        if (received > sizes.exact().orElse(sizes.limit())) {
            breakOff(
                    sizes.exact().isPresent()
                            ? new FaultException(400, "There are more data than were announced.")
                            : new FaultException(413, "An image has at most " + sizes.limit() + " bytes."));
            return;
        }
        if (received > room) {
            makeRoom(in, request, bytes);
        } else {
            write(in, request, bytes);
        }
    }

    private void write(HttpServerRequest in, HttpClientRequest request, Buffer bytes) {
        request.write(bytes);
        if (request.writeQueueFull()) {
            in.pause();
            request.drainHandler(_ -> in.resume());
        }
    }

    private static void resume(HttpServerRequest in, HttpClientRequest request) {
        if (request.writeQueueFull()) {
            request.drainHandler(_ -> in.resume());
        } else {
            in.resume();
        }
    }

    /// The client waits until it is known whether its project may keep that much.
    private void makeRoom(HttpServerRequest in, HttpClientRequest request, Buffer bytes) {
        in.pause();
        long wanted = Math.min(sizes.limit(), received + ROOM_AHEAD.bytes());
        vertx.executeBlocking(
                        () -> {
                            uploads.expect(upload, ByteCount.ofBytes(wanted));
                            return wanted;
                        },
                        false)
                .onSuccess(made -> {
                    if (phase == Phase.STREAMING) {
                        room = made;
                        request.write(bytes);
                        resume(in, request);
                    }
                })
                .onFailure(refused -> {
                    if (phase == Phase.STREAMING) {
                        breakOff(refused);
                    }
                });
    }

    private void end(HttpClientRequest request) {
        if (phase != Phase.STREAMING) {
            return;
        }
        if (received != sizes.exact().orElse(received)) {
            breakOff(new FaultException(400, "There are fewer data than were announced."));
            return;
        }
        phase = Phase.SENT;
        request.end();
    }

    private void answered(HttpClientResponse response) {
        response.body().onComplete(body -> {
            if (phase == Phase.OVER) {
                return;
            }
            if (body.failed()) {
                serviceGone(body.cause());
            } else if (response.statusCode() / 100 == 2 && phase == Phase.SENT) {
                complete(body.result());
            } else {
                // Refused, so nothing came into the store, whatever was sent.
                phase = Phase.STREAMING;
                breakOff(ImageServiceClient.refusal(response.statusCode(), body.result()));
            }
        });
    }

    private void complete(Buffer body) {
        finish();
        vertx.executeBlocking(
                        () -> {
                            ImageContent content = ImageServiceClient.stored(body);
                            return uploads.complete(upload, content);
                        },
                        false)
                .onSuccess(active -> {
                    if (active) {
                        routing.response().setStatusCode(204).end();
                    } else {
                        routing.fail(new FaultException(
                                410, "The image was deleted while its data were uploaded. They are dropped."));
                    }
                })
                .onFailure(routing::fail);
    }

    /// The client went away, or the connection to it broke.
    private void clientGone() {
        if (phase == Phase.STREAMING) {
            LOG.debugf("Upload broken off by the client imageId=%s received=%s", upload.image(), received);
            breakOff(new FaultException(CLIENT_CLOSED, "The upload was broken off."));
        }
    }

    private void serviceGone(Throwable cause) {
        if (phase == Phase.OVER) {
            return;
        }
        Throwable failure = ImageServiceClient.unavailable("connection failed", cause);
        if (phase == Phase.STREAMING) {
            breakOff(failure);
        } else {
            LOG.warnf("End of an upload not known imageId=%s", upload.image());
            finish();
            routing.fail(failure);
        }
    }

    /// Nothing is in the store: without its last byte the service throws away what it has.
    private void breakOff(Throwable reason) {
        finish();
        HttpClientRequest request = out;
        if (request != null) {
            request.reset();
        }
        vertx.executeBlocking(
                        () -> {
                            uploads.abort(upload);
                            return upload;
                        },
                        false)
                .onComplete(aborted -> {
                    if (aborted.failed()) {
                        LOG.errorf(
                                aborted.cause(), "Upload not ended, will be when overdue imageId=%s", upload.image());
                    }
                    refuse(reason);
                });
    }

    private void refuse(Throwable reason) {
        if (routing.response().closed()) {
            return;
        }
        HttpServerRequest in = routing.request();
        routing.fail(reason);
        if (!in.isEnded()) {
            in.handler(_ -> {});
            in.endHandler(_ -> {});
            in.resume();
            vertx.setTimer(DRAIN.toMillis(), _ -> {
                if (!in.isEnded()) {
                    in.connection().close();
                }
            });
        }
    }

    private void finish() {
        phase = Phase.OVER;
        vertx.cancelTimer(timer);
    }

    /// From time to time: does anything move, and is the upload still ours?
    private void look() {
        still = received == receivedAtLastLook && phase == Phase.STREAMING
                ? still.plus(Uploads.LEASE.dividedBy(4))
                : Duration.ZERO;
        receivedAtLastLook = received;
        if (still.compareTo(stall) >= 0) {
            breakOff(new FaultException(408, "Nothing was received for too long."));
            return;
        }
        vertx.executeBlocking(() -> uploads.renew(upload), false).onSuccess(ours -> {
            if (!ours && phase == Phase.STREAMING) {
                breakOff(new FaultException(410, "The image was deleted while its data were uploaded."));
            }
        });
    }
}
