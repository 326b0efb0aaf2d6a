package cloud.stasis.image.rim;

import cloud.stasis.bus.CommandJournal;
import cloud.stasis.bus.CommandWorker;
import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.bundle.Archives;
import cloud.stasis.image.bundle.BundleCommands;
import cloud.stasis.image.bundle.BundleTeller;
import cloud.stasis.image.bundle.ImageDigests;
import cloud.stasis.image.bundle.ImageImports;
import cloud.stasis.image.bundle.SizeTeller;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.http.HttpDoor;
import cloud.stasis.image.http.ImageRoutes;
import cloud.stasis.image.http.PeerRoutes;
import cloud.stasis.image.http.StoreRoutes;
import cloud.stasis.image.http.UpkeepRoutes;
import cloud.stasis.image.http.WebDownloads;
import cloud.stasis.image.repository.Pace;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.image.repository.Uptime;
import cloud.stasis.image.sync.Copies;
import cloud.stasis.image.sync.Guests;
import cloud.stasis.image.sync.PeerDoor;
import cloud.stasis.image.sync.Peers;
import cloud.stasis.image.sync.SiteKey;
import cloud.stasis.image.upload.ImageUpload;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.AllowedHosts;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StoreId;
import cloud.stasis.worker.WorkerBus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/// Puts the image service together: the one place that knows which parts it is made of. Opening the store reads
/// the directories of its packs, so nothing is served before it is known where everything lies.
@Readiness
@ApplicationScoped
class ImageService implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(ImageService.class);

    /// How often it is looked whether a scrub is due, or was cut off.
    private static final Duration SCRUB_LOOK = Duration.ofMinutes(15);

    private final ImageConfig config;
    private final WorkerBus bus;
    private final Clock clock = Clock.systemUTC();
    private final StoreId id;
    private final HttpDoor door;
    private final Repository repository;
    private final Upkeep upkeep = new Upkeep("upkeep");
    private final Upkeep replica = new Upkeep("replica");
    private final Upkeep meter = new Upkeep("meter");
    /// Its own, since it may read for days.
    private final Upkeep scrub = new Upkeep("scrub");
    private final ImageFiles files;
    private final ImageUpload uploads;
    private final WebDownloads web;
    private final Guests guests;
    private final String siteKey;
    private final CommandWorker<ImageCommand> worker;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());

    ImageService(ImageConfig config, WorkerBus bus, Vertx vertx) {
        this.config = config;
        this.bus = bus;
        this.id = new StoreId(config.storeId());
        ConfiguredStore place = new ConfiguredStore(config);
        this.repository = Repository.open(
                place.open(),
                clock,
                Uptime.fromNow(),
                new Retention(config.collector().keep(), config.collector().silence()),
                new Pace(config.replica().beat(), config.replica().silence()));
        Path service = place.serviceFolder();
        SiteKey site = SiteKey.in(config.siteKeyFile().orElse(service.resolve("site.key")));
        this.siteKey = site.text();
        Peers peers = new Peers(site, config.peersFile().orElse(service.resolve("peers.properties")), clock);
        this.door = new HttpDoor(Capability.Key.parse(config.capabilityKey(), clock), Optional.of(new PeerDoor(peers)));
        this.files = new ImageFiles(repository);
        BundleTeller teller = new BundleTeller(repository, files, bus);
        this.guests = new Guests(repository, teller);
        this.uploads = new ImageUpload(repository, TransferThreads.forThisMachine(), clock);
        this.web = new WebDownloads(vertx, AllowedHosts.of(config.importHosts().orElse(List.of())));
        this.worker = new CommandWorker<>(
                ImageCommand.class,
                new BundleCommands(
                        repository,
                        files,
                        new ImageDigests(repository, files, door::isBusy),
                        teller,
                        new Copies(repository, peers, teller),
                        new ImageImports(repository, uploads, web, config.importDeadline()),
                        new Archives(repository)),
                new CommandJournal(service, clock),
                bus,
                clock);
    }

    void routes(@Observes Router router) {
        new StoreRoutes(repository, door).mount(router);
        new PeerRoutes(guests, door).mount(router);
        new UpkeepRoutes(repository, door).mount(router);
        new ImageRoutes(uploads, files, door).mount(router);
    }

    void start(@Observes StartupEvent event) {
        bus.open(worker);
        heart.scheduleWithFixedDelay(this::beat, 0, config.heartbeatInterval().toMillis(), TimeUnit.MILLISECONDS);
        replica.every(config.replica().beat(), "beat", repository::beat);
        upkeep.every(config.collector().interval(), "collection", repository.collector()::collect);
        SizeTeller sizes = new SizeTeller(id, repository.meter(), bus);
        meter.every(config.meterInterval(), "measurement", sizes::look);
        ByteCount rate = ByteCount.ofBytes(config.scrub().bytesPerSecond());
        Duration interval = config.scrub().interval();
        scrub.every(
                min(interval, SCRUB_LOOK), "scrub", () -> repository.scrubber().scrubIfDue(interval, rate));
        LOG.infof("The store is served storeId=%s", id);
        LOG.infof("This site is known to others by its key siteKey=%s", siteKey);
    }

    void stop(@Observes ShutdownEvent event) {
        heart.shutdownNow();
        upkeep.close();
        scrub.close();
        meter.close();
        replica.close();
        worker.close();
        web.close();
        repository.close();
    }

    /// Ready when the store can be written. That it could be opened is why this runs at all.
    @Override
    public HealthCheckResponse call() {
        try {
            repository.probe();
            return HealthCheckResponse.named("store")
                    .up()
                    .withData("free_bytes", repository.free().bytes())
                    .withData("blobs", repository.blobs())
                    .withData("directory_percent", repository.directoryPercent())
                    .withData("refused_packs", repository.refusedPacks())
                    .build();
        } catch (StasisException e) {
            LOG.errorf(e, "The store cannot be written storeId=%s code=%s", id, e.code());
            return HealthCheckResponse.named("store")
                    .down()
                    .withData("reason", e.code().name())
                    .build();
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void beat() {
        try {
            bus.beat(
                    id.toString(),
                    new Heartbeat.Store(id, clock.instant(), config.imageServiceUrl(), repository.free()));
        } catch (RuntimeException e) {
            // No heartbeat while the disk is away: that is what the gateway must see.
            LOG.warnf("No heartbeat: the store did not answer storeId=%s", id);
        }
    }
}
