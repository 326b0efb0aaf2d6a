package cloud.stasis.gateway.http.image;

import cloud.stasis.chunks.Capability;
import cloud.stasis.gateway.image.Checksums;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.gateway.image.Uploads;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The data door of the image service. Every call carries a capability for the one image, and for reading or
/// writing only.
final class ImageServiceClient {
    /// Streams at the same time; more wait for a connection.
    private static final int MAX_CONNECTIONS = 64;
    /// Calls that wait for a connection.
    private static final int MAX_WAITING = 256;

    /// What the service takes, in UTF-16 units.
    private static final int MAX_NAME = 255;

    private static final int CONNECT_MILLIS = 5_000;
    /// It is checked when the stream begins.
    private static final Duration CAPABILITY_LIFE = Duration.ofMinutes(5);

    private static final ObjectMapper JSON = MessageCodec.mapper();

    private final HttpClient client;
    private final URI service;
    private final Capability.Key key;

    ImageServiceClient(Vertx vertx, URI service, Capability.Key key) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(MAX_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectTimeout(CONNECT_MILLIS));
        this.service = service;
        this.key = key;
    }

    Future<HttpClientRequest> upload(Uploads.Upload upload) {
        // Name and project only go into the bundle, so that the store alone tells what it holds.
        String query = "?disk_format=" + upload.diskFormat().wireName() + "&container_format="
                + upload.containerFormat().wireName() + "&name="
                + URLEncoder.encode(shortened(upload.name()), StandardCharsets.UTF_8) + "&project=" + upload.owner();
        return call(HttpMethod.PUT, upload.image(), query, Capability.Right.IMAGE_UPLOAD, upload.requestId());
    }

    Future<HttpClientRequest> download(ImageId image, String requestId) {
        return call(HttpMethod.GET, image, "", Capability.Right.IMAGE_DOWNLOAD, requestId);
    }

    /// What the service says about an upload that it has taken.
    static ImageContent stored(Buffer body) {
        try {
            Stored stored = JSON.readValue(body.getBytes(), Stored.class);
            return new ImageContent(
                    stored.size(),
                    stored.virtualSize(),
                    Optional.of(new Checksums(stored.md5(), stored.sha512())),
                    stored.parts());
        } catch (IOException e) {
            throw unavailable("its answer to an upload cannot be read", e);
        }
    }

    /// What the service says when it refuses. What is wrong between it and us is not the caller's to see.
    static StasisException refusal(int status, @Nullable Buffer body) {
        Optional<Refusal> refusal = refusal(body);
        Optional<ErrorCode> code = refusal.flatMap(said -> Arrays.stream(ErrorCode.values())
                .filter(known -> known.name().equals(said.code()))
                .findFirst());
        if (code.isPresent() && isCallers(code.get())) {
            return new StasisException(code.get(), refusal.get().message());
        }
        return unavailable("it answered " + status + " " + code.map(Enum::name).orElse(""), null);
    }

    static StasisException unavailable(String reason, @Nullable Throwable cause) {
        return new StasisException(
                ErrorCode.STORE_UNAVAILABLE,
                "The image service did not serve the data of the image. Try again later.",
                new IOException(reason, cause));
    }

    private static String shortened(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    }

    private static boolean isCallers(ErrorCode code) {
        return code.kind() == ErrorKind.INVALID
                || code.kind() == ErrorKind.EXHAUSTED
                || code.kind() == ErrorKind.CONFLICT;
    }

    private static Optional<Refusal> refusal(@Nullable Buffer body) {
        try {
            return body == null ? Optional.empty() : Optional.of(JSON.readValue(body.getBytes(), Refusal.class));
        } catch (IOException notOurs) {
            return Optional.empty();
        }
    }

    private Future<HttpClientRequest> call(
            HttpMethod method, ImageId image, String query, Capability.Right right, String requestId) {
        String token = key.grant(Set.of(right), ReferenceName.of(image).toString(), CAPABILITY_LIFE);
        return client.request(new RequestOptions()
                .setMethod(method)
                .setAbsoluteURI(service + "/store/v1/images/" + image + "/file" + query)
                .putHeader("Authorization", "Bearer " + token)
                .putHeader("X-OpenStack-Request-ID", requestId));
    }

    private record Stored(
            ByteCount size, Optional<ByteCount> virtualSize, String md5, String sha512, List<Part> parts) {}

    private record Refusal(String code, String message) {}
}
