package cloud.stasis.gateway.http.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.image.ImageTable;
import cloud.stasis.gateway.image.UploadId;
import cloud.stasis.gateway.image.Uploads;
import cloud.stasis.model.ImageId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The data of images: up, down, and all that can go wrong on the way.
@QuarkusTest
class ImageDataIT {
    private static final String IMAGES = "/image/v2/images";
    private static final String STREAM = "application/octet-stream";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int MIB = 1024 * 1024;

    private final TestCloud cloud = new TestCloud();
    private final Tenant tenant = cloud.tenant("member");

    @Inject
    Uploads uploads;

    @Inject
    ImageTable table;

    @Test
    void whatIsUploadedIsDownloaded() throws Exception {
        byte[] data = random(5 * MIB + 17);
        String path = create();

        upload(path, data).expect(204);

        JsonNode image = cloud.get(tenant.token(), path).expect(200).json();
        assertThat(image.path("status").asText()).isEqualTo("active");
        assertThat(image.path("size").asLong()).isEqualTo(data.length);
        assertThat(image.path("virtual_size").asLong()).isEqualTo(data.length);
        assertThat(image.path("checksum").asText()).isEqualTo(hash("MD5", data));
        assertThat(image.path("os_hash_algo").asText()).isEqualTo("sha512");
        assertThat(image.path("os_hash_value").asText()).isEqualTo(hash("SHA-512", data));
        Answer file = cloud.get(tenant.token(), path + "/file").expect(200);
        assertThat(file.raw().body()).isEqualTo(data);
        assertThat(file.header("Content-MD5")).isEqualTo(hash("MD5", data));
        assertThat(file.header("Content-Type")).isEqualTo(STREAM);
        assertThat(file.header("Content-Length")).isEqualTo(Integer.toString(data.length));
    }

    @Test
    void anUploadOfUnknownLengthIsTakenToo() {
        byte[] data = random(3 * MIB);
        String path = create();

        cloud.send(request(path)
                        .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(data)))
                        .build())
                .expect(204);

        assertThat(cloud.get(tenant.token(), path + "/file").expect(200).raw().body())
                .isEqualTo(data);
    }

    @Test
    void aRangeIsAPartOfTheFile() {
        byte[] data = random(MIB);
        String path = create();
        upload(path, data).expect(204);

        Answer part = cloud.call(tenant.token(), "GET", path + "/file", null, "Range", "bytes=1000-1999");

        assertThat(part.expect(206).raw().body()).isEqualTo(Arrays.copyOfRange(data, 1000, 2000));
        assertThat(part.header("Content-Range")).isEqualTo("bytes 1000-1999/" + data.length);
        assertThat(part.header("Content-MD5")).isEmpty();
        cloud.call(tenant.token(), "GET", path + "/file", null, "Range", "bytes=9999999-99999999")
                .expect(416);
    }

    @Test
    void anImageWithoutDataHasNoContent() {
        cloud.get(tenant.token(), create() + "/file").expect(204);
    }

    @Test
    void dataAreUploadedOnce() {
        String path = create();
        upload(path, random(1000)).expect(204);

        upload(path, random(1000)).expect(409);
    }

    @Test
    void formatsMustBeSetFirst() {
        String path = IMAGES + "/"
                + cloud.post(tenant.token(), IMAGES, "{}")
                        .expect(201)
                        .json()
                        .path("id")
                        .asText();

        upload(path, random(1000)).expect(400);
        assertThat(status(path)).isEqualTo("queued");
    }

    @Test
    void dataOfAnotherMediaTypeAreNotTaken() {
        cloud.call(tenant.token(), "PUT", create() + "/file", "x").expect(415);
    }

    @Test
    void formatsAreFixedOnceThereAreData() {
        String path = create();
        upload(path, random(1000)).expect(204);

        cloud.call(
                        tenant.token(),
                        "PATCH",
                        path,
                        "[{\"op\": \"replace\", \"path\": \"/disk_format\", \"value\": \"iso\"}]",
                        "Content-Type",
                        ImagePatch.MEDIA_TYPE)
                .expect(403);
    }

    @Test
    void aTruncatedUploadLeavesNothing() throws Exception {
        String path = create();

        try (Socket socket = begin(path, "Content-Length: " + 10 * MIB)) {
            socket.getOutputStream().write(random(2 * MIB));
            socket.getOutputStream().flush();
            await(() -> status(path).equals("saving"));
        }

        await(() -> status(path).equals("queued"));
        cloud.get(tenant.token(), path + "/file").expect(204);
        byte[] data = random(MIB);
        upload(path, data).expect(204);
        assertThat(cloud.get(tenant.token(), path + "/file").expect(200).raw().body())
                .isEqualTo(data);
    }

    @Test
    void aTruncatedUploadOfUnknownLengthLeavesNothing() throws Exception {
        String path = create();

        try (Socket socket = begin(path, "Transfer-Encoding: chunked")) {
            socket.getOutputStream().write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(random(MIB));
            socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            await(() -> status(path).equals("saving"));
        }

        await(() -> status(path).equals("queued"));
    }

    @Test
    void theAnnouncedSizeMustBeTrue() {
        String path = create();

        cloud.call(
                        tenant.token(),
                        "PUT",
                        path + "/file",
                        "12345",
                        "Content-Type",
                        STREAM,
                        "x-openstack-image-size",
                        "6")
                .expect(400);
        cloud.send(request(path)
                        .header("x-openstack-image-size", "6")
                        .PUT(HttpRequest.BodyPublishers.ofInputStream(
                                () -> new java.io.ByteArrayInputStream(new byte[5])))
                        .build())
                .expect(400);
        await(() -> status(path).equals("queued"));
        cloud.send(request(path)
                        .header("x-openstack-image-size", "6")
                        .PUT(HttpRequest.BodyPublishers.ofInputStream(
                                () -> new java.io.ByteArrayInputStream(new byte[7])))
                        .build())
                .expect(400);
        await(() -> status(path).equals("queued"));
    }

    @Test
    void aHostileImageIsRefusedAndTheImageCanBeFilledAgain() {
        String path = create();
        byte[] data = random(20 * MIB);
        System.arraycopy(FakeImageService.HOSTILE.getBytes(StandardCharsets.US_ASCII), 0, data, 0, 8);

        Answer refused = upload(path, data).expect(400);

        assertThat(refused.json().path("message").asText()).contains("names a backing file");
        assertThat(status(path)).isEqualTo("queued");
        upload(path, random(1000)).expect(204);
    }

    @Test
    void anUploadWhoseEndIsNotKnownIsNotGivenBackBeforeItsReferenceIsDropped() {
        String path = create();
        byte[] data = random(MIB);
        System.arraycopy(FakeImageService.DIES.getBytes(StandardCharsets.US_ASCII), 0, data, 0, 8);

        assertThat(upload(path, data).expect(503).header("Retry-After")).isNotEmpty();

        assertThat(status(path)).isEqualTo("saving");
        upload(path, random(1000)).expect(409);
        cloud.call(tenant.token(), "DELETE", path, null).expect(204);
    }

    @Test
    void anUploadWhoseGatewayDiedGoesBackAfterItsReferenceWasDropped() {
        String path = create();
        ImageId image = ImageId.parse(path.substring(path.lastIndexOf('/') + 1));
        UploadId upload = UploadId.random();
        QuarkusTransaction.requiringNew().run(() -> {
            var row = table.lock(image).orElseThrow();
            table.change(row.in(new cloud.stasis.gateway.image.ImageState.Saving(), Instant.now()));
            table.beginUpload(image, upload, Duration.ofSeconds(-1));
        });

        uploads.endOverdue();

        assertThat(status(path)).isEqualTo("saving");
        assertThat(QuarkusTransaction.requiringNew().call(() -> table.renewUpload(image, upload, Duration.ofHours(1))))
                .isFalse();
        QuarkusTransaction.requiringNew()
                .run(() -> table.markDropped(new ImageTable.Overdue(image, true), Duration.ofSeconds(-1)));
        uploads.endOverdue();
        assertThat(status(path)).isEqualTo("queued");
    }

    @Test
    void anImageThatIsDeletedWhileItIsUploadedIsGone() throws Exception {
        String path = create();

        try (Socket socket = begin(path, "Content-Length: " + 2 * MIB)) {
            socket.getOutputStream().write(random(MIB));
            socket.getOutputStream().flush();
            await(() -> status(path).equals("saving"));
            cloud.call(tenant.token(), "DELETE", path, null).expect(204);
            socket.getOutputStream().write(random(MIB));
            socket.getOutputStream().flush();

            assertThat(statusLine(socket)).contains(" 410 ");
        }
        cloud.get(tenant.token(), path).expect(404);
    }

    @Test
    void aDownloadThatBreaksIsNoWholeFile() {
        String path = create();
        byte[] data = random(4 * MIB);
        System.arraycopy(FakeImageService.HALF.getBytes(StandardCharsets.US_ASCII), 0, data, 0, 8);
        upload(path, data).expect(204);

        assertThatThrownBy(() -> cloud.get(tenant.token(), path + "/file")).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void aClientThatGoesAwayInADownloadHarmsNobody() throws Exception {
        String path = create();
        byte[] data = random(64 * MIB);
        upload(path, data).expect(204);

        for (int attempt = 0; attempt < 20; attempt++) {
            HttpResponse<InputStream> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(TestCloud.uri(path + "/file"))
                                    .header("X-Auth-Token", tenant.token())
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            response.body().readNBytes(1000);
            response.body().close();
        }

        assertThat(cloud.get(tenant.token(), path + "/file").expect(200).raw().body())
                .isEqualTo(data);
    }

    @Test
    void theDataOfADeactivatedImageAreTheOperatorsOnly() {
        String path = create();
        upload(path, random(1000)).expect(204);

        cloud.post(tenant.token(), path + "/actions/deactivate", "").expect(204);
        assertThat(status(path)).isEqualTo("deactivated");
        cloud.get(tenant.token(), path + "/file").expect(403);
        cloud.get(cloud.admin(), path + "/file").expect(200);
        cloud.post(tenant.token(), path + "/actions/reactivate", "").expect(204);
        cloud.get(tenant.token(), path + "/file").expect(200);
    }

    @Test
    void anotherProjectsDataAreNotThere() {
        String path = create();
        upload(path, random(1000)).expect(204);
        Tenant other = cloud.tenant("member");

        cloud.get(other.token(), path + "/file").expect(404);
        cloud.call(other.token(), "PUT", path + "/file", "x", "Content-Type", STREAM)
                .expect(404);
        cloud.get("", path + "/file").expect(401);
        cloud.call("", "PUT", path + "/file", "x", "Content-Type", STREAM).expect(401);
    }

    @Test
    void uploadsSideBySideNeverExceedTheQuota() throws Exception {
        limit(1);
        List<String> paths = IntStream.range(0, 8).mapToObj(_ -> create()).toList();
        List<Socket> sockets = new ArrayList<>();
        for (String path : paths) {
            sockets.add(begin(path, "Content-Length: " + 300 * MIB));
        }

        await(() -> count(paths, "saving") == 3);
        int refused = 0;
        for (int at = 0; at < paths.size(); at++) {
            if (!status(paths.get(at)).equals("saving")) {
                assertThat(statusLine(sockets.get(at))).contains(" 413 ");
                refused++;
            }
        }

        assertThat(refused).isEqualTo(5);
        assertThat(kept()).isEqualTo(3L * 300 * MIB);
        for (Socket socket : sockets) {
            socket.close();
        }
        await(() -> count(paths, "queued") == 8);
        assertThat(kept()).as("what was broken off counts no more").isZero();
    }

    @Test
    void anUploadOfUnknownLengthStopsWhereTheQuotaEnds() {
        limit(0);
        String path = create();

        cloud.send(request(path)
                        .PUT(HttpRequest.BodyPublishers.ofInputStream(
                                () -> new java.io.ByteArrayInputStream(random(MIB))))
                        .build())
                .expect(413);

        assertThat(status(path)).isEqualTo("queued");
        limit(-1);
        upload(path, random(MIB)).expect(204);
        assertThat(kept()).isEqualTo(MIB);
    }

    private void limit(int gib) {
        cloud.call(
                        cloud.tenant("admin").token(),
                        "PUT",
                        "/snapshot/v1/store/usage/" + tenant.projectId(),
                        "{\"store_gigabytes\": " + gib + "}")
                .expect(200);
    }

    private long kept() {
        return cloud.get(tenant.token(), "/snapshot/v1/store/usage")
                .expect(200)
                .json()
                .at("/usage/kept_bytes")
                .asLong();
    }

    private long count(List<String> paths, String status) {
        return paths.stream().filter(path -> status(path).equals(status)).count();
    }

    private String create() {
        return IMAGES + "/"
                + cloud.post(
                                tenant.token(),
                                IMAGES,
                                "{\"name\": \"data\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}")
                        .expect(201)
                        .json()
                        .path("id")
                        .asText();
    }

    private Answer upload(String path, byte[] data) {
        return cloud.send(
                request(path).PUT(HttpRequest.BodyPublishers.ofByteArray(data)).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(TestCloud.uri(path + "/file"))
                .timeout(PATIENCE)
                .header("Accept", "application/json")
                .header("Content-Type", STREAM)
                .header("X-Auth-Token", tenant.token());
    }

    /// An upload whose head is sent, and whose body the caller may spoil.
    private Socket begin(String path, String length) throws IOException {
        URI uri = TestCloud.uri("/");
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        String head = "PUT " + path + "/file HTTP/1.1\r\nHost: x\r\nX-Auth-Token: " + tenant.token()
                + "\r\nContent-Type: " + STREAM + "\r\n" + length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String statusLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = socket.getInputStream().read(); next != '\n' && next >= 0; ) {
            line.append((char) next);
            next = socket.getInputStream().read();
        }
        return line.toString();
    }

    private String status(String path) {
        return cloud.get(tenant.token(), path).expect(200).json().path("status").asText();
    }

    private static void await(java.util.function.BooleanSupplier state) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!state.getAsBoolean()) {
            assertThat(Instant.now()).as("the state did not come in time").isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static byte[] random(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    private static String hash(String algorithm, byte[] data) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(data));
    }
}
