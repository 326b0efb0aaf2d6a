package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.IMAGE_UPLOAD;
import static cloud.stasis.chunks.Capability.Right.STORE_READ;
import static cloud.stasis.chunks.Capability.Right.STORE_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.image.Stores;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store on a real file system of 40 MiB, of which 16 are kept for references.
class FullDiskIT {
    @TempDir
    Path mountPoint;

    private StoreServer server;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", mountPoint.toString())
                .inheritIO()
                .start();
        mounted = mount.waitFor() == 0;
        assumeThat(mounted).as("may mount").isTrue();
        server = new StoreServer(mountPoint.resolve("store"));
    }

    @AfterEach
    void unmount() throws Exception {
        if (server != null) {
            server.close();
        }
        if (mounted) {
            // Whoever was cut off may still have a file open for a moment: it goes with the last of them.
            int code = new ProcessBuilder("umount", "--lazy", mountPoint.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(code).as("exit code of umount").isZero();
        }
    }

    @Test
    void anUploadThatDoesNotFitIsRefusedAndTheServiceGoesOn() throws Exception {
        ImageId kept = ImageId.random();
        assertThat(upload(kept, Stores.noise(5_000_000, 1)).statusCode()).isEqualTo(201);
        ImageId tooLarge = ImageId.random();

        HttpResponse<String> refused = upload(tooLarge, Stores.noise(60_000_000, 2));

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("NO_SPACE");
        assertThat(server.repository.reference(ReferenceName.of(tooLarge))).isEmpty();
        assertThat(Stores.halfWritten(mountPoint.resolve("store"))).isEmpty();
        // Bundles can still be replaced and dropped on a disk that is full.
        assertThat(server.repository.manifest(server.repository
                        .reference(ReferenceName.of(kept))
                        .orElseThrow()
                        .manifest()))
                .isNotNull();
        server.repository.drop(ReferenceName.of(kept));
        assertThat(server.repository.reference(ReferenceName.of(kept))).isEmpty();
    }

    @Test
    void anAgentIsToldThatTheStoreIsFull() {
        byte[] bytes = Stores.noise(60_000_000, 3);
        HttpContentStore store = new HttpContentStore(server.uri(), server.token(STORE_READ, STORE_WRITE));
        ContentSource source = new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(bytes.length);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(bytes, (int) offset, into.remaining());
            }
        };

        assertThatThrownBy(() -> store.upload(
                        source,
                        Stores.zeros(ByteCount.ZERO),
                        List.of(new Extent(0, bytes.length)),
                        TransferListener.NONE))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE));
    }

    @Test
    void aDownloadToAFullDiskLeavesNothing() throws Exception {
        byte[] bytes = Stores.noise(23_000_000, 4);
        Content content = Stores.put(server.repository, bytes);
        HttpContentStore store = new HttpContentStore(server.uri(), server.token(STORE_READ));
        Path target = Files.createDirectories(mountPoint.resolve("host")).resolve("disk.raw");

        assertThatThrownBy(() -> store.download(content, target, TransferListener.NONE))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE));
        assertThat(mountPoint.resolve("host")).isEmptyDirectory();
    }

    private HttpResponse<String> upload(ImageId image, byte[] bytes) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        server.uri() + "/store/v1/images/" + image + "/file?disk_format=raw&container_format=bare"))
                .header("Authorization", "Bearer " + server.token(image, IMAGE_UPLOAD))
                .version(HttpClient.Version.HTTP_1_1)
                .PUT(BodyPublishers.ofByteArray(bytes))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
