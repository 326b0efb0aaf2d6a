package cloud.stasis.compute.protect;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.LiveInstants.Output;
import cloud.stasis.compute.hypervisor.LiveInstants.Series;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.watchdog.Lease;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// What a protection does to its instance and its host.
final class ProtectedInstance implements EpochTaker.Source, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ProtectedInstance.class);

    private final Host host;
    private final InstanceId id;
    private final ProtectionId protection;
    private final Path directory;
    private final Path marker;
    private final Lease.Held lease;
    private final AtomicLong pauseCount = new AtomicLong();
    private volatile boolean inPassing;
    private volatile boolean runs = true;
    private volatile @Nullable Machine machine;

    ProtectedInstance(Host host, Lease leases, InstanceId id, ProtectionId protection) {
        this.host = host;
        this.id = id;
        this.protection = protection;
        InstanceDirectory files = host.instances().layout().instance(id);
        this.directory = files.path().resolve("protection");
        this.marker = files.path().resolve("protection.leased");
        HostFiles.deleteTree(directory);
        HostFiles.closedDirectory(directory);
        this.lease = leases.begin(id, marker);
    }

    InstanceId id() {
        return id;
    }

    ProtectionId protection() {
        return protection;
    }

    Instant now() {
        return host.clock().instant();
    }

    boolean isOff() {
        return host.hypervisor().domains().find(id).filter(Domain::isActive).isEmpty();
    }

    /// Whether it is paused for an epoch right now, which is nobody's business.
    boolean isInPassing() {
        return inPassing;
    }

    long pauseCount() {
        return pauseCount.get();
    }

    Series open(Output output) {
        Instance instance = host.instances().open(id);
        requireProtectable(host, instance);
        Domain domain = host.hypervisor()
                .domains()
                .find(id)
                .filter(Domain::isActive)
                .orElseThrow(() -> new StasisException(ErrorCode.WRONG_STATE, "the instance is off"));
        runs = domain.state() == PowerState.RUNNING;
        machine = host.archived(instance);
        return host.hypervisor().liveInstants().open(id, output);
    }

    /// @throws StasisException `WRONG_STATE` if instances like this one are not protected
    static void requireProtectable(Host host, Instance instance) {
        if (instance.machine().disks().stream().anyMatch(disk -> disk.source() instanceof DiskSource.Volume)) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "an instance with attached volumes cannot be protected: detach them");
        }
        if (!host.hypervisor().liveLayers().streaming(instance.id()).isEmpty()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "a disk of the instance is still being fetched: it can be protected once that is done");
        }
    }

    EpochTaker taker(Series series) {
        return new EpochTaker(
                this,
                series,
                ComparedPages.open(series.ram(), series.ramSize()),
                directory,
                host.instances().layout().instance(id).memory().resolve("protection.former"),
                host.clock());
    }

    /// What the machine starts from has to be where it may start.
    void bringContents(EpochSender sender) {
        Machine known = host.instances().open(id).machine();
        Set<Content> contents = new LinkedHashSet<>(known.media());
        if (known.boot() instanceof Boot.FromKernel kernel) {
            contents.add(kernel.kernel());
            kernel.ramdisk().ifPresent(contents::add);
        }
        contents.forEach(
                content -> sender.bring(content, host.instances().layout().baseFile(content)));
    }

    @Override
    public EpochHeader header(
            long epoch, long base, Instant at, ByteCount ram, EpochHeader.Extent pages, List<EpochHeader.Disk> disks) {
        return new EpochHeader(protection, id, epoch, base, at, ram, pages, disks);
    }

    /// Firmware and TPM write their files whenever they like; everything else changes with commands alone, which a
    /// series does not outlive.
    @Override
    public byte[] archive() {
        Machine known = machine;
        if (known == null) {
            throw new StasisException(ErrorCode.INTERNAL, "an epoch is taken of an instance that was not looked at");
        }
        boolean keeps = known.uefi().isPresent()
                || known.platform().flatMap(board -> board.tpm()).isPresent();
        return DeviceArchive.write(keeps ? withPlatform(known) : known);
    }

    private Machine withPlatform(Machine known) {
        Machine now = host.instances().open(id).archived();
        return known.platform().isEmpty()
                ? now
                : now.with(known.platform().get().withTpm(now.platform().flatMap(board -> board.tpm())));
    }

    @Override
    public boolean runs() {
        return runs;
    }

    @Override
    public void pauses() {
        inPassing = true;
        pauseCount.incrementAndGet();
        lease.pauses();
    }

    @Override
    public void goesOn() {
        lease.goesOn();
        inPassing = false;
    }

    /// After a pause that was to be its last one.
    void letGoOn() {
        host.hypervisor().domains().resume(id);
    }

    /// Somebody has heard of this host. A guest that was paused because nobody had goes on.
    void renewLease() {
        lease.renew();
        if (Files.exists(marker)) {
            endLease();
        }
    }

    /// The bus has: that keeps a guest running, but does not let one go on, since its standby may have taken over.
    void heardOf() {
        if (!Files.exists(marker)) {
            lease.renew();
        }
    }

    private void endLease() {
        try {
            String stopped = Files.readString(marker).strip();
            if (!stopped.isEmpty()) {
                new ProcessBuilder("kill", "-CONT", Long.toString(Long.parseLong(stopped)))
                        .start()
                        .waitFor();
            }
            host.hypervisor().domains().resume(id);
            HostFiles.delete(marker);
            LOG.warnf("An instance goes on that was paused since nobody had heard of its host instanceId=%s", id);
        } catch (IOException e) {
            throw HostFiles.failure("look at a lease", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Its standby has taken over: it must not run here any more.
    void standDown() {
        if (host.hypervisor()
                .domains()
                .find(id)
                .filter(domain -> domain.state() == PowerState.RUNNING)
                .isPresent()) {
            LOG.errorf("An instance is paused since its standby has taken over instanceId=%s", id);
            host.hypervisor().domains().pause(id);
        }
    }

    /// What the hypervisor has of it goes.
    void forget() {
        Optional<Domain> active = host.hypervisor().domains().find(id).filter(Domain::isActive);
        if (active.isPresent()) {
            host.hypervisor().liveInstants().clear(id);
            if (Files.exists(marker)) {
                endLease();
            }
        }
        HostFiles.delete(marker);
    }

    @Override
    public void close() {
        lease.close();
        HostFiles.deleteTree(directory);
    }
}
