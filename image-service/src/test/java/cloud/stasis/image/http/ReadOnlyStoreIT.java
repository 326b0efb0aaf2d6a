package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.IMAGE_DOWNLOAD;
import static cloud.stasis.chunks.Capability.Right.IMAGE_UPLOAD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import cloud.stasis.image.Stores;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store whose directory becomes read-only under the service's hands, as after an error of the disk, and writable
/// again.
class ReadOnlyStoreIT {
    @TempDir
    Path directory;

    private Path store;
    private StoreServer server;
    private boolean readOnly;

    @BeforeEach
    void open() {
        store = directory.resolve("store");
        server = new StoreServer(store);
    }

    @AfterEach
    void close() throws Exception {
        makeWritable();
        server.close();
    }

    @Test
    void writersAreToldReadersGoOnAndItRecovers() throws Exception {
        byte[] bytes = Stores.noise(3_000_000, 1);
        ImageId before = ImageId.random();
        assertThat(upload(before, bytes).statusCode()).isEqualTo(201);
        makeReadOnly();
        ImageId refused = ImageId.random();

        HttpResponse<String> answer = upload(refused, Stores.noise(3_000_000, 2));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("STORE_UNAVAILABLE").contains("read-only");
        assertThat(download(before)).isEqualTo(bytes);
        assertThatThrownBy(server.repository::probe)
                .as("not ready")
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
        assertThatThrownBy(() -> server.repository.drop(ReferenceName.of(before)))
                .isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> server.repository.collector().collect()).isInstanceOf(StasisException.class);
        assertThat(download(before)).as("nothing came of it").isEqualTo(bytes);

        makeWritable();

        server.repository.probe();
        assertThat(upload(refused, bytes).statusCode()).isEqualTo(201);
        assertThat(download(refused)).isEqualTo(bytes);
        server.repository.drop(ReferenceName.of(before));
        server.repository.collector().collect();
        assertThat(Stores.halfWritten(store)).isEmpty();
    }

    /// Mounted over itself: who has files of it open keeps them, as on a disk that the kernel has given up.
    private void makeReadOnly() throws Exception {
        readOnly = run("mount", "--bind", store.toString(), store.toString());
        assumeThat(readOnly).as("may mount").isTrue();
        assertThat(run("mount", "-o", "remount,ro,bind", store.toString())).isTrue();
    }

    private void makeWritable() throws Exception {
        if (readOnly) {
            readOnly = false;
            assertThat(run("umount", "--lazy", store.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    private HttpResponse<String> upload(ImageId image, byte[] bytes) throws Exception {
        HttpRequest request = request(
                        image, server.token(image, IMAGE_UPLOAD), "?disk_format=raw&container_format=bare")
                .PUT(BodyPublishers.ofByteArray(bytes))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }

    private byte[] download(ImageId image) throws Exception {
        HttpRequest request =
                request(image, server.token(image, IMAGE_DOWNLOAD), "").GET().build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofByteArray()).body();
        }
    }

    private HttpRequest.Builder request(ImageId image, String token, String query) {
        return HttpRequest.newBuilder(URI.create(server.uri() + "/store/v1/images/" + image + "/file" + query))
                .header("Authorization", "Bearer " + token)
                .version(HttpClient.Version.HTTP_1_1);
    }
}
