package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.IMAGE_DOWNLOAD;
import static cloud.stasis.chunks.Capability.Right.IMAGE_UPLOAD;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.upload.ContainerFormat;
import cloud.stasis.image.upload.DiskFormat;
import cloud.stasis.image.upload.ImageUpload;
import cloud.stasis.image.upload.UploadedImage;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Image files for the gateway, which speaks with the tenants.
///
/// | route | right | body |
/// |---|---|---|
/// | `PUT /store/v1/images/{id}/file` | IMAGE_UPLOAD | the image |
/// | `GET`, `HEAD /store/v1/images/{id}/file` | IMAGE_DOWNLOAD | |
///
/// An upload names `disk_format` and `container_format` in its query, and may name `name` and `project`. It is
/// answered with 201 when the image is sealed: `size`, `virtualSize`, `md5`, `sha512`, `manifest`, and `parts`
/// as they stand in messages. A download is the file or, with `Range`, a part of it. The capability must be for
/// this image.
public final class ImageRoutes {
    private static final String FILE = "/store/v1/images/:id/file";

    /// Uploads taken in at once: each holds up to 6 MiB of segments and a pack of up to 8 MiB. Others wait with
    /// their sockets paused.
    private static final int UPLOADS_AT_ONCE = 8;

    /// Of one project: however slow it is, the others have half of them.
    private static final int UPLOADS_OF_ONE = UPLOADS_AT_ONCE / 2;

    /// Downloads read at once: each holds about 4 MiB.
    private static final int DOWNLOADS_AT_ONCE = 12;

    private static final Duration SLOT_DEADLINE = Duration.ofSeconds(60);

    /// Read and sent at once.
    private static final int PIECE_BYTES = 1024 * 1024;

    private static final int MAX_METADATA_LENGTH = 255;

    private final ObjectMapper json = MessageCodec.mapper();
    private final ImageUpload uploads;
    private final ImageFiles files;
    private final HttpDoor door;
    private final Slots uploadSlots = new Slots(UPLOADS_AT_ONCE, UPLOADS_OF_ONE, SLOT_DEADLINE);
    private final Slots downloadSlots = new Slots(DOWNLOADS_AT_ONCE, SLOT_DEADLINE);

    public ImageRoutes(ImageUpload uploads, ImageFiles files, HttpDoor door) {
        this.uploads = uploads;
        this.files = files;
        this.door = door;
    }

    public void mount(Router router) {
        router.put(FILE).handler(door.open(IMAGE_UPLOAD, this::upload));
        router.get(FILE).handler(door.open(IMAGE_DOWNLOAD, this::download));
        router.head(FILE).handler(door.open(IMAGE_DOWNLOAD, this::download));
    }

    private void upload(HttpCall call) {
        ImageUpload.Request request = new ImageUpload.Request(
                image(call),
                DiskFormat.parse(call.query("disk_format").orElse("")),
                ContainerFormat.parse(call.query("container_format").orElse("")),
                metadata(call));
        try (Slots.Slot _ = uploadSlots.acquire(call.query("project").orElse(""))) {
            RequestBody body = call.body();
            call.answer(201, HttpCall.JSON, json(uploads.take(request, body::read)));
        }
    }

    private void download(HttpCall call) throws IOException {
        ContentSource file = files.file(ReferenceName.of(image(call)));
        long size = file.size().bytes();
        HttpServerResponse response = call.response();
        response.putHeader("Content-Type", HttpCall.BYTES).putHeader("Accept-Ranges", "bytes");
        switch (ByteRange.parse(call.header("Range"), size)) {
            case ByteRange.Whole _ -> send(call, file, 0, size);
            case ByteRange.Part part -> {
                response.setStatusCode(206)
                        .putHeader("Content-Range", "bytes " + part.first() + "-" + (part.end() - 1) + "/" + size);
                send(call, file, part.first(), part.end());
            }
            case ByteRange.Unsatisfiable _ -> {
                response.putHeader("Content-Range", "bytes */" + size);
                throw new HttpDoor.Refusal(
                        416,
                        new StasisException(ErrorCode.INVALID_REQUEST, "the range begins behind the end of the image"));
            }
        }
    }

    private void send(HttpCall call, ContentSource file, long first, long end) throws IOException {
        HttpServerResponse response = call.response();
        response.putHeader("Content-Length", Long.toString(end - first));
        if (call.isHead()) {
            response.end();
            return;
        }
        try (Slots.Slot _ = downloadSlots.acquire()) {
            ResponseBody body = new ResponseBody(response);
            byte[] piece = new byte[(int) Math.min(PIECE_BYTES, end - first)];
            for (long at = first; at < end; at += piece.length) {
                int length = (int) Math.min(piece.length, end - at);
                file.read(at, ByteBuffer.wrap(piece, 0, length));
                body.write(piece, length);
            }
            body.end();
        }
    }

    private static ImageId image(HttpCall call) {
        ImageId image = ImageId.parse(call.pathParameter("id"));
        if (!call.capability().subject().equals(ReferenceName.of(image).toString())) {
            throw new StasisException(ErrorCode.ACCESS_DENIED, "the capability is for something else");
        }
        return image;
    }

    private static Map<String, String> metadata(HttpCall call) {
        Map<String, String> metadata = new HashMap<>();
        for (String key : new String[] {"name", "project"}) {
            call.query(key).ifPresent(value -> {
                if (value.length() > MAX_METADATA_LENGTH) {
                    throw new StasisException(
                            ErrorCode.INVALID_REQUEST,
                            "the " + key + " has at most " + MAX_METADATA_LENGTH + " characters");
                }
                metadata.put(key, value);
            });
        }
        return metadata;
    }

    private byte[] json(UploadedImage image) {
        try {
            return json.writeValueAsBytes(image);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "an answer could not be written as JSON", e);
        }
    }
}
