package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.Gate;
import cloud.stasis.gateway.image.Downloads;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.gateway.image.Uploads;
import cloud.stasis.model.ImageId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `PUT` and `GET /v2/images/{id}/file`, and `PUT /v2/images/{id}/stage`: checks first, on a
/// thread that may block, then an [UploadStream] or a [DownloadStream] on the event loop.
@ApplicationScoped
class ImageDataRoutes {
    private static final String PATH = "/image/v2/images/:id/file";
    private static final String STAGE = "/image/v2/images/:id/stage";
    private static final String STREAM = "application/octet-stream";
    private static final String SIZE_HEADER = "x-openstack-image-size";

    private final Vertx vertx;
    private final Uploads uploads;
    private final Downloads downloads;
    private final ImageServiceClient service;
    private final ImageConfiguration configuration;

    ImageDataRoutes(
            Vertx vertx,
            Uploads uploads,
            Downloads downloads,
            ImageServiceClient service,
            ImageConfiguration configuration) {
        this.vertx = vertx;
        this.uploads = uploads;
        this.downloads = downloads;
        this.service = service;
        this.configuration = configuration;
    }

    void install(@Observes Router router) {
        router.put(PATH).order(Gate.STREAMING_ROUTE_ORDER).handler(routing -> upload(routing, Uploads.Way.UPLOAD));
        router.put(STAGE).order(Gate.STREAMING_ROUTE_ORDER).handler(routing -> upload(routing, Uploads.Way.STAGE));
        router.get(PATH).order(Gate.STREAMING_ROUTE_ORDER).handler(this::download);
    }

    private void upload(RoutingContext routing, Uploads.Way way) {
        HttpServerRequest request = routing.request();
        request.pause();
        checkMediaType(request.getHeader("Content-Type"));
        Optional<Long> length = number(request.getHeader("Content-Length"));
        Optional<Long> promised = number(request.getHeader(SIZE_HEADER));
        if (length.isPresent() && promised.isPresent() && !length.equals(promised)) {
            throw new FaultException(400, "The size of the data does not match the header " + SIZE_HEADER + ".");
        }
        long limit = configuration.maxFile().asLongValue();
        if (length.or(() -> promised).orElse(0L) > limit) {
            throw new FaultException(413, "An image has at most " + limit + " bytes.");
        }
        UploadStream.Sizes sizes = new UploadStream.Sizes(length.or(() -> promised), limit);
        ImageId image = image(routing);
        var caller = CurrentRequest.of(routing).caller();
        vertx.executeBlocking(() -> uploads.begin(caller, image, sizes.expected(), way), false)
                .onSuccess(upload -> new UploadStream(
                                vertx, routing, service, uploads, upload, sizes, configuration.stall())
                        .start())
                .onFailure(routing::fail);
    }

    private void download(RoutingContext routing) {
        ImageId image = image(routing);
        CurrentRequest request = CurrentRequest.of(routing);
        var caller = request.caller();
        vertx.executeBlocking(() -> downloads.open(caller, image), false)
                .onSuccess(content -> download(routing, image, content, request.id()))
                .onFailure(routing::fail);
    }

    private void download(RoutingContext routing, ImageId image, Optional<ImageContent> content, String requestId) {
        if (content.isEmpty()) {
            routing.response().setStatusCode(204).end();
        } else {
            new DownloadStream(routing, service, image, content.get(), requestId).start();
        }
    }

    private static ImageId image(RoutingContext routing) {
        return ImagesResource.id(routing.pathParam("id"));
    }

    private static void checkMediaType(@Nullable String type) {
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(STREAM)) {
            throw new FaultException(Faults.ofHttp(415));
        }
    }

    private static Optional<Long> number(@Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(header);
            if (number >= 0) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // Told below, together with negative ones.
        }
        throw new FaultException(400, "A size in a header must be a whole number that is not negative.");
    }
}
