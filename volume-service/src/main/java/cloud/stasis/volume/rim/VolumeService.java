package cloud.stasis.volume.rim;

import cloud.stasis.bus.CommandJournal;
import cloud.stasis.bus.CommandWorker;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.LooseFile;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.volume.driver.Adopting;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.qcow2dir.Qcow2DirDriver;
import cloud.stasis.volume.driver.reflink.ReflinkDriver;
import cloud.stasis.volume.inbox.VolumeCommands;
import cloud.stasis.worker.WorkerBus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Puts the volume service together.
@Readiness
@ApplicationScoped
class VolumeService implements HealthCheck {
    private final VolumeConfig config;
    private final WorkerBus bus;
    private final Clock clock = Clock.systemUTC();
    private final VolumeDriver driver;
    private final CommandWorker<VolumeCommand> worker;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());

    VolumeService(VolumeConfig config, WorkerBus bus) {
        this.config = config;
        this.bus = bus;
        Path own = HostFiles.directory(config.volumeDir().resolve(".service"));
        this.driver = driver(config, new QcowLayers(own));
        this.worker = new CommandWorker<>(
                VolumeCommand.class,
                new VolumeCommands(
                        driver,
                        grant -> new HttpContentStore(grant.store(), grant.token()),
                        own.resolve("captures"),
                        clock),
                new CommandJournal(own.resolve("journal"), clock),
                bus,
                clock);
    }

    private static VolumeDriver driver(VolumeConfig config, QcowLayers layers) {
        return switch (config.volumeDriver()) {
            case "qcow2dir" -> new Qcow2DirDriver(config.volumeDir(), layers);
            case "reflink" -> new ReflinkDriver(config.volumeDir(), layers);
            default ->
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "STASIS_VOLUME_DRIVER is qcow2dir or reflink, not \"" + config.volumeDriver() + "\"");
        };
    }

    void start(@Observes StartupEvent event) {
        bus.open(worker);
        heart.scheduleWithFixedDelay(this::beat, 0, config.heartbeatInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        heart.shutdownNow();
        worker.close();
    }

    @Override
    public HealthCheckResponse call() {
        VolumeDriver.Space space = driver.space();
        return HealthCheckResponse.named("volumes")
                .status(!space.total().isZero())
                .withData("free_bytes", space.free().bytes())
                .build();
    }

    private void beat() {
        BackendId backend = new BackendId(config.backendId());
        VolumeDriver.Space space = driver.space();
        Optional<List<LooseFile>> loose =
                driver instanceof Adopting able ? Optional.of(able.loose(LooseFile.MAX_TOLD)) : Optional.empty();
        bus.beat(
                backend.toString(),
                new Heartbeat.Backend(
                        backend,
                        clock.instant(),
                        space.total(),
                        space.free(),
                        Optional.of(config.backendName()),
                        loose));
    }
}
