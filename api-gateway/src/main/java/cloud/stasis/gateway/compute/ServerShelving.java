package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.Devices;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Takes servers off their hosts until they are needed again, and puts them back on one. Each method is one
/// transaction.
public final class ServerShelving {
    private final Transactions transactions;
    private final Instances instances;
    private final Images images;
    private final Volumes volumes;
    private final ServerGroups groups;
    private final Fleet fleet;
    private final SagaRunner sagas;
    private final ShelveServer shelveServer;
    private final UnshelveServer unshelveServer;
    private final Clock clock;

    public ServerShelving(
            Transactions transactions,
            Instances instances,
            Images images,
            Volumes volumes,
            ServerGroups groups,
            Fleet fleet,
            SagaRunner sagas,
            ShelveServer shelveServer,
            UnshelveServer unshelveServer,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.images = images;
        this.volumes = volumes;
        this.groups = groups;
        this.fleet = fleet;
        this.sagas = sagas;
        this.shelveServer = shelveServer;
        this.unshelveServer = unshelveServer;
        this.clock = clock;
    }

    /// @throws StasisException `WRONG_STATE`, also while one of its volumes comes or goes; `INVALID_REQUEST` if it
    /// has a TPM; `QUOTA_EXCEEDED` if there is no room for the image
    public void shelve(Caller caller, InstanceId id) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(id, Operation.SHELVE, saga);
            HostId host = Servers.hostOf(instance, Operation.SHELVE);
            requireNothingLost(instance);
            requireQuietVolumes(instance);
            Instant now = clock.instant();
            List<DiskSpec> own = instance.spec().disks().stream()
                    .filter(disk -> !(disk.source() instanceof DiskSource.Volume))
                    .toList();
            JobSubject subject = JobSubject.of(id);
            Optional<ShelveServer.OwnDisks> shelf = Optional.empty();
            Job job = Job.accepted(caller, instance.project(), JobKind.SHELVE_SERVER, subject, now);
            if (!own.isEmpty()) {
                shelf = Optional.of(reserve(caller, instance, own, job));
            }
            boolean runs =
                    instance.state().power().filter(PowerState.RUNNING::equals).isPresent();
            instances.save(instance.in(busy, now));
            sagas.start(saga, new Start<>(shelveServer, new ShelveServer.Data(id, host, runs, shelf)), job);
        });
    }

    private ShelveServer.OwnDisks reserve(Caller caller, Instance instance, List<DiskSpec> own, Job job) {
        ImageId image = ImageId.random();
        String name = Shelf.nameOf(instance);
        Map<String, String> properties = ImageProperties.of(caller, instance, job.id(), Map.of());
        ByteCount size = own.stream().map(DiskSpec::size).reduce(ByteCount.ZERO, ByteCount::plus);
        images.reserve(
                image, instance.project(), name, properties, ImageCapture.minimum(instance, own.getFirst()), size);
        Map<String, String> metadata = new TreeMap<>(ImageCapture.manifestMetadata(caller, instance, name, properties));
        if (own.size() > 1) {
            metadata.put("container_format", "ova");
        }
        return new ShelveServer.OwnDisks(
                image,
                UUID.randomUUID(),
                own.stream().map(DiskSpec::target).toList(),
                instance.spec().firmware().map(_ -> Devices.ARCHIVE),
                metadata,
                Optional.empty(),
                Optional.empty());
    }

    /// What a TPM keeps is in no image, and what was sealed in it could never be read again.
    private static void requireNothingLost(Instance instance) {
        if (instance.spec().tpm().isPresent()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Operation 'shelve' not supported for vTPM-enabled instance (" + instance.id()
                            + "): take a snapshot of it and stop it instead.");
        }
    }

    private void requireQuietVolumes(Instance instance) {
        for (Volume attached : volumes.of(List.of(instance.id()))) {
            VolumeState state = volumes.lock(attached.id()).map(Volume::state).orElse(attached.state());
            if (!(state instanceof VolumeState.InUse)) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Cannot 'shelve' instance " + instance.id() + " while its volume " + attached.id() + " is "
                                + state.status());
            }
        }
    }

    /// @param wanted the host to put it on; empty for the one with the most room
    /// @throws StasisException `WRONG_STATE`, also if its image is gone; `NO_VALID_HOST`; `INVALID_REQUEST`
    ///     for a host that is not there
    public void unshelve(Caller caller, InstanceId id, Optional<HostId> wanted) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(id, Operation.UNSHELVE, saga);
            Optional<ImageId> image = instance.state().shelf();
            image.ifPresent(held -> requireActive(id, held));
            Instant now = clock.instant();
            HostId host = place(instance, wanted, now);
            instances.save(instance.placed(Optional.of(host), now).in(busy, now));
            sagas.start(
                    saga,
                    new Start<>(
                            unshelveServer,
                            new UnshelveServer.Data(id, host, instance.spec(), image, Optional.empty())),
                    Job.accepted(caller, instance.project(), JobKind.UNSHELVE_SERVER, JobSubject.of(id), now));
        });
    }

    private void requireActive(InstanceId id, ImageId image) {
        if (images.find(image).filter(ImageRecord::isActive).isEmpty()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Cannot 'unshelve' instance " + id + ": image " + image + ", which holds its disks, is not active");
        }
    }

    private HostId place(Instance instance, Optional<HostId> wanted, Instant now) {
        List<Volume> attached = volumes.of(List.of(instance.id()));
        List<Host> hosts = fleet.lockHosts();
        wanted.filter(asked -> hosts.stream().noneMatch(host -> host.id().equals(asked)))
                .ifPresent(unknown -> {
                    throw new StasisException(
                            ErrorCode.INVALID_REQUEST, "Compute host " + unknown + " could not be found.");
                });
        List<Host> allowed = groups.of(instance.id())
                .flatMap(groups::find)
                .map(group -> group.allowed(hosts, groups.hosts(group)))
                .orElse(hosts);
        List<Host> reaching = allowed.stream()
                .filter(host -> wanted.isEmpty() || wanted.get().equals(host.id()))
                .filter(host -> attached.stream()
                        .allMatch(volume -> Placement.reaches(fleet.backends(), host.id(), volume.backend())))
                .toList();
        return Placement.host(reaching, instances.loads(), instance.load(), now).id();
    }
}
