package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.image.Checksums;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.model.ImageId;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;

/// One download on its way from the image service to the client. Runs on the request's event loop only.
///
/// What fails before the first byte is an ordinary fault. What fails later closes the connection: the announced
/// length is not reached, and so no client takes a half for the whole.
final class DownloadStream {
    private static final Logger LOG = Logger.getLogger(DownloadStream.class);
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int BAD_RANGE = 416;

    private final RoutingContext routing;
    private final ImageServiceClient service;
    private final ImageId image;
    private final ImageContent content;
    private final String requestId;

    DownloadStream(
            RoutingContext routing, ImageServiceClient service, ImageId image, ImageContent content, String requestId) {
        this.routing = routing;
        this.service = service;
        this.image = image;
        this.content = content;
        this.requestId = requestId;
    }

    void start() {
        service.download(image, requestId).onSuccess(this::ask).onFailure(this::failed);
    }

    private void ask(HttpClientRequest request) {
        HttpServerResponse response = routing.response();
        if (response.closed()) {
            // It was nobody's failure.
            request.exceptionHandler(_ -> {});
            request.reset();
            return;
        }
        response.closeHandler(_ -> request.reset());
        String range = routing.request().getHeader("Range");
        if (range != null) {
            request.putHeader("Range", range);
        }
        request.send().onSuccess(this::answered).onFailure(this::failed);
    }

    private void answered(HttpClientResponse from) {
        int status = from.statusCode();
        if (status == OK || status == PARTIAL) {
            stream(from);
        } else if (status == BAD_RANGE) {
            routing.fail(new FaultException(BAD_RANGE, "The image has no such range of bytes."));
        } else {
            from.body().onComplete(body -> routing.fail(ImageServiceClient.refusal(status, body.result())));
        }
    }

    private void stream(HttpClientResponse from) {
        HttpServerResponse to = routing.response();
        to.setStatusCode(from.statusCode());
        to.putHeader("Content-Type", "application/octet-stream");
        to.putHeader("Accept-Ranges", "bytes");
        copy(from, to, "Content-Range");
        if (from.statusCode() == OK) {
            content.checksums().map(Checksums::md5).ifPresent(md5 -> to.putHeader("Content-MD5", md5));
        }
        if (from.getHeader("Content-Length") == null) {
            to.setChunked(true);
        } else {
            copy(from, to, "Content-Length");
        }
        from.pipe().endOnFailure(false).to(to).onFailure(cause -> {
            LOG.warnf("Download broken off imageId=%s cause=%s", image, cause.getMessage());
            from.request().reset();
            routing.request().connection().close();
        });
    }

    private void failed(Throwable cause) {
        if (!routing.response().ended()) {
            routing.fail(ImageServiceClient.unavailable("connection failed", cause));
        }
    }

    private static void copy(HttpClientResponse from, HttpServerResponse to, String header) {
        String value = from.getHeader(header);
        if (value != null) {
            to.putHeader(header, value);
        }
    }
}
