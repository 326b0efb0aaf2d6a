package cloud.stasis.image.http;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.sync.Guests;
import cloud.stasis.image.sync.PeerDoor;
import cloud.stasis.image.sync.Peers;
import cloud.stasis.image.sync.SiteKey;
import cloud.stasis.image.upload.ImageUpload;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// The routes on a real server, without the rest of the service.
public final class StoreServer implements AutoCloseable {
    public final Repository repository;
    public final Capability.Key key =
            Capability.Key.parse(Base64.getUrlEncoder().encodeToString(new byte[32]), Clock.systemUTC());
    public final SiteKey site;
    public final Peers peers;
    /// The bundles that the gateway was told of.
    public final List<ReferenceName> announced = new CopyOnWriteArrayList<>();

    private final Vertx vertx = Vertx.vertx();
    private final Path peersFile;
    private final HttpServer server;

    public StoreServer(Path directory) {
        this(directory, 0);
    }

    /// @param port 0 for one that is free
    public StoreServer(Path directory, int port) {
        repository = Repository.open(new VerifyingBlobStore(LocalBlobStore.open(directory)), Clock.systemUTC());
        Router router = Router.router(vertx);
        site = SiteKey.in(directory.resolve("service/site.key"));
        peersFile = directory.resolve("service/peers.properties");
        peers = new Peers(site, peersFile, Clock.systemUTC());
        HttpDoor door = new HttpDoor(key, Optional.of(new PeerDoor(peers)));
        new StoreRoutes(repository, door).mount(router);
        new PeerRoutes(new Guests(repository, this::found), door).mount(router);
        new UpkeepRoutes(repository, door).mount(router);
        ImageUpload uploads = new ImageUpload(repository, TransferThreads.forThisMachine(), Clock.systemUTC());
        new ImageRoutes(uploads, new ImageFiles(repository), door).mount(router);
        server = vertx.createHttpServer(new HttpServerOptions().setMaxChunkSize(64 * 1024))
                .requestHandler(router)
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    /// Enters another site.
    ///
    /// @param rights of it here, as `pull,push`
    public void knows(String name, URI uri, String key, String rights) {
        try {
            Files.writeString(
                    peersFile,
                    name + ".url=" + uri + "\n" + name + ".key=" + key + "\n" + name + ".rights=" + rights + "\n" + name
                            + ".project=p\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void found(String key, ReferenceName bundle, Optional<ProjectId> assigned) {
        announced.add(bundle);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    public String token(Capability.Right... rights) {
        return key.grant(Set.of(rights), "snapshot/test", Duration.ofMinutes(10));
    }

    public String token(ImageId image, Capability.Right right) {
        return key.grant(Set.of(right), ReferenceName.of(image).toString(), Duration.ofMinutes(10));
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        repository.close();
    }
}
