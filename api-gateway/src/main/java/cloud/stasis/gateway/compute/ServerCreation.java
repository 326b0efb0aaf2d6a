package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.Instance.Life;
import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Makes servers: checks what was asked for, enters rows, chooses a host and begins [BootServer], in one
/// transaction for all servers of a request.
public final class ServerCreation {
    private final Transactions transactions;
    private final Instances instances;
    private final ServerGroups groups;
    private final Flavors flavors;
    private final Images images;
    private final Volumes volumes;
    private final Fleet fleet;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final BootServer bootServer;
    private final Clock clock;

    public ServerCreation(
            Transactions transactions,
            Instances instances,
            ServerGroups groups,
            Flavors flavors,
            Images images,
            Volumes volumes,
            Fleet fleet,
            Quotas quotas,
            SagaRunner sagas,
            BootServer bootServer,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.groups = groups;
        this.flavors = flavors;
        this.images = images;
        this.volumes = volumes;
        this.fleet = fleet;
        this.quotas = quotas;
        this.sagas = sagas;
        this.bootServer = bootServer;
        this.clock = clock;
    }

    /// Begins to make the servers. One for which no host has room is there all the same, in `ERROR` with the
    /// reason, as clients of the compute API expect it.
    ///
    /// @throws StasisException `INVALID_REQUEST`, `QUOTA_EXCEEDED`, `NO_VALID_HOST` if there is no place for a
    /// volume
    public List<Instance> create(Caller caller, NewServer asked) {
        return transactions.call(() -> {
            Flavor flavor = flavors.visibleTo(caller, asked.flavor())
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.INVALID_REQUEST, "Flavor " + asked.flavor() + " could not be found."));
            ImageRecord image = SourceImage.usable(images, caller, asked.image());
            Optional<ServerGroup> group = asked.group().map(id -> group(caller, id));
            requireQuota(caller, asked, flavor);
            Boot boot = MachinePlan.boot(image, id -> images.visibleTo(caller, ImageId.parse(id)));
            List<Instance> made = new ArrayList<>();
            for (int number = 1; number <= asked.count(); number++) {
                Profile profile = asked.count() == 1
                        ? asked.profile()
                        : asked.profile().named(asked.profile().name() + "-" + number);
                Instance server = create(caller, asked, profile, flavor, image, boot, group);
                group.ifPresent(joined -> groups.join(server.id(), joined));
                made.add(server);
            }
            return made;
        });
    }

    private ServerGroup group(Caller caller, UUID id) {
        return groups.find(id)
                .filter(found -> found.project().equals(caller.project()))
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "Instance group " + id + " could not be found."));
    }

    private List<Host> allowed(Optional<ServerGroup> group, List<Host> hosts) {
        return group.map(joined -> joined.allowed(hosts, groups.hosts(joined))).orElse(hosts);
    }

    private void requireQuota(Caller caller, NewServer asked, Flavor flavor) {
        Map<Resource, Long> needs = new EnumMap<>(Resource.class);
        needs.put(Resource.INSTANCES, (long) asked.count());
        needs.put(Resource.CORES, (long) asked.count() * flavor.vcpus());
        needs.put(Resource.MEMORY_MIB, (long) asked.count() * flavor.memoryMib());
        for (BlockDevice device : asked.devices()) {
            if (device instanceof BlockDevice.BlankVolume blank) {
                needs.merge(Resource.VOLUMES, (long) asked.count(), Long::sum);
                needs.merge(Resource.VOLUME_GIB, asked.count() * blank.size().gibRoundedUp(), Long::sum);
            }
        }
        quotas.require(caller.project(), needs);
    }

    private Instance create(
            Caller caller,
            NewServer asked,
            Profile profile,
            Flavor flavor,
            ImageRecord image,
            Boot boot,
            Optional<ServerGroup> group) {
        Instant now = clock.instant();
        InstanceId id = InstanceId.random();
        MachinePlan plan = MachinePlan.of(flavor, image);
        HostId host;
        try {
            Load need = new Load(1, flavor.vcpus(), ByteCount.ofMib(flavor.memoryMib()));
            host = Placement.host(allowed(group, fleet.lockHosts()), instances.loads(), need, now)
                    .id();
        } catch (StasisException e) {
            InstanceSpec spec = plan.spec(profile.name(), boot);
            InstanceState failed = InstanceState.failed(e.report());
            return entered(caller, id, profile, flavor, spec, image, Optional.empty(), failed, now);
        }
        SagaId saga = SagaId.random();
        Devices devices = new Devices(caller, id, saga, host, now);
        asked.devices().forEach(device -> devices.add(plan, device));
        InstanceSpec spec = plan.spec(profile.name(), boot);
        InstanceState building = InstanceState.building(saga);
        Instance instance = entered(caller, id, profile, flavor, spec, image, Optional.of(host), building, now);
        sagas.start(
                saga,
                new Start<>(
                        bootServer,
                        new BootServer.Data(id, host, spec, devices.blanks, devices.existing, Optional.empty())),
                Job.accepted(caller, caller.project(), JobKind.BOOT_SERVER, JobSubject.of(id), now));
        return instance;
    }

    private Instance entered(
            Caller caller,
            InstanceId id,
            Profile profile,
            Flavor flavor,
            InstanceSpec spec,
            ImageRecord image,
            Optional<HostId> host,
            InstanceState state,
            Instant now) {
        Instance instance = new Instance(
                id,
                caller.project(),
                caller.user(),
                profile,
                flavor,
                spec,
                Optional.of(SourceImage.of(image)),
                host,
                state,
                Optional.empty(),
                Life.begunAt(now));
        instances.add(instance);
        return instance;
    }

    /// Reserves volumes for one server, disk by disk.
    private final class Devices {
        private final Caller caller;
        private final InstanceId instance;
        private final SagaId saga;
        private final HostId host;
        private final Instant now;
        private final List<BootServer.BlankVolume> blanks = new ArrayList<>();
        private final List<VolumeId> existing = new ArrayList<>();

        Devices(Caller caller, InstanceId instance, SagaId saga, HostId host, Instant now) {
            this.caller = caller;
            this.instance = instance;
            this.saga = saga;
            this.host = host;
            this.now = now;
        }

        void add(MachinePlan plan, BlockDevice device) {
            switch (device) {
                case BlockDevice.BlankDisk disk -> plan.add(disk.size(), new DiskSource.Blank());
                case BlockDevice.BlankVolume blank -> addBlank(plan, blank);
                case BlockDevice.ExistingVolume volume -> addExisting(plan, volume);
            }
        }

        private void addBlank(MachinePlan plan, BlockDevice.BlankVolume blank) {
            VolumeId id = VolumeId.random();
            DeviceName device = plan.add(blank.size(), new DiskSource.Volume(id));
            List<Backend> backends = fleet.backends();
            BootServer.BlankVolume made = new BootServer.BlankVolume(
                    id, Placement.backendFor(backends, host, blank.size(), now), blank.size());
            volumes.add(new Volume(
                    id,
                    caller.project(),
                    caller.user(),
                    Volume.Label.NONE,
                    Volume.Nature.BLANK,
                    blank.size(),
                    made.backend(),
                    new VolumeState.Creating(saga, Optional.of(attachment(device, blank.onTermination()))),
                    now,
                    now,
                    Optional.empty()));
            blanks.add(made);
        }

        private void addExisting(MachinePlan plan, BlockDevice.ExistingVolume asked) {
            Volume volume = volumes.lock(asked.volume())
                    .filter(found -> found.project().equals(caller.project()))
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.INVALID_REQUEST,
                            "Block Device Mapping is Invalid: failed to get volume " + asked.volume() + "."));
            if (!(volume.state() instanceof VolumeState.Available)) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid volume: Volume " + volume.id() + " status must be available, it is "
                                + volume.state().status());
            }
            DeviceName device = plan.add(volume.size(), new DiskSource.Volume(volume.id()));
            volumes.save(volume.in(new VolumeState.Attaching(saga, attachment(device, asked.onTermination())), now));
            existing.add(volume.id());
        }

        private Attachment attachment(DeviceName device, OnTermination onTermination) {
            return new Attachment(instance, device, onTermination, now);
        }
    }
}
