package cloud.stasis.image.http;

import cloud.stasis.chunks.Capability;
import cloud.stasis.image.sync.PeerDoor;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.StasisException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// One request and its answer, for straight-line code on a virtual thread.
final class HttpCall {
    static final String BYTES = "application/octet-stream";
    static final String JSON = "application/json";

    private final RoutingContext context;
    private final RequestBody body;
    private Optional<Capability> capability = Optional.empty();
    private Optional<PeerDoor.Visit> visit = Optional.empty();

    /// Called on the event loop, with the request paused.
    HttpCall(RoutingContext context) {
        this.context = context;
        this.body = new RequestBody(context.vertx().getOrCreateContext(), context.request());
    }

    void allowed(Capability granted) {
        capability = Optional.of(granted);
    }

    void allowed(PeerDoor.Visit granted) {
        visit = Optional.of(granted);
    }

    /// What the caller was let in with.
    Capability capability() {
        return capability.orElseThrow();
    }

    /// The peer that calls, if it is one.
    Optional<PeerDoor.Visit> visit() {
        return visit;
    }

    String method() {
        return context.request().method().name();
    }

    /// Path and query as they came.
    String uri() {
        return context.request().uri();
    }

    String path() {
        return context.request().path();
    }

    boolean isHead() {
        return context.request().method() == HttpMethod.HEAD;
    }

    String pathParameter(String name) {
        return context.pathParam(name);
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(context.request().getParam(name));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(context.request().getHeader(name));
    }

    RequestBody body() {
        header("Expect").filter("100-continue"::equalsIgnoreCase).ifPresent(_ -> response()
                .writeContinue());
        return body;
    }

    /// The whole body.
    ///
    /// @throws StasisException `INVALID_REQUEST` if it is longer than `most`
    byte[] bodyBytes(int most) {
        long declared = declaredLength().orElse(0L);
        if (declared > most) {
            throw tooLong(most);
        }
        byte[] bytes = new byte[(int) declared];
        int length = 0;
        RequestBody stream = body();
        for (Optional<Buffer> next = stream.next(); next.isPresent(); next = stream.next()) {
            Buffer piece = next.get();
            if (length + piece.length() > most) {
                throw tooLong(most);
            }
            if (length + piece.length() > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(most, Math.max(2 * bytes.length, length + piece.length())));
            }
            piece.getBytes(bytes, length);
            length += piece.length();
        }
        byte[] body = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        return visit.map(by -> by.checked(body)).orElse(body);
    }

    /// What the caller says that the body will have.
    Optional<Long> declaredLength() {
        return header("Content-Length").map(text -> {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "Content-Length is not a number", e);
            }
        });
    }

    void answer(int status, String contentType, byte[] bytes) {
        sign(status, bytes);
        response().setStatusCode(status).putHeader("Content-Type", contentType).end(Buffer.buffer(bytes));
    }

    void answerNothing() {
        sign(204, new byte[0]);
        response().setStatusCode(204).end();
    }

    private void sign(int status, byte[] body) {
        visit.ifPresent(by -> response().putHeader(PeerDoor.ANSWER, by.sign(status, body)));
    }

    HttpServerResponse response() {
        return context.response();
    }

    /// Answers with an error, if nothing was answered yet; else breaks the connection off, so that nobody takes
    /// half of an answer for a whole one.
    void refuse(int status, ErrorReport report, Duration linger) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = response();
        if (response.headWritten()) {
            request.connection().close();
            return;
        }
        if (!body.isEnded()) {
            response.putHeader("Connection", "close");
        }
        Buffer error = new JsonObject()
                .put("code", report.code().name())
                .put("message", report.message())
                .toBuffer();
        sign(status, error.getBytes());
        response.setStatusCode(status).putHeader("Content-Type", JSON).end(error);
        if (!body.isEnded()) {
            body.discard();
            context.vertx()
                    .setTimer(linger.toMillis(), _ -> request.connection().close());
        }
    }

    private static StasisException tooLong(int most) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "the body may have at most " + most + " bytes");
    }
}
