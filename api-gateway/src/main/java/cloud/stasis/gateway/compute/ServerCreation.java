package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.Instance.Life;
import cloud.stasis.gateway.device.Interfaces;
import cloud.stasis.gateway.device.Media;
import cloud.stasis.gateway.device.WantedNic;
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
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
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
    private final ServerVolumes volumes;
    private final Fleet fleet;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final BootServer bootServer;
    private final Interfaces interfaces;
    private final Media media;
    private final Clock clock;

    public ServerCreation(
            Transactions transactions,
            Instances instances,
            ServerGroups groups,
            Flavors flavors,
            Images images,
            ServerVolumes volumes,
            Fleet fleet,
            Quotas quotas,
            SagaRunner sagas,
            BootServer bootServer,
            Interfaces interfaces,
            Media media,
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
        this.interfaces = interfaces;
        this.media = media;
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
            Optional<ImageRecord> image = asked.image().map(id -> SourceImage.usable(images, caller, id));
            Layout layout = Layout.of(asked, image);
            Optional<ServerGroup> group = asked.group().map(id -> group(caller, id));
            BootSource source = source(caller, layout, image);
            List<ByteCount> blanks = FlavorDisks.of(flavor, layout.others());
            requireQuota(caller, asked, flavor, layout);
            Boot boot = MachinePlan.boot(source, id -> images.visibleTo(caller, ImageId.parse(id)));
            Machine machine = new Machine(
                    flavor, source, boot, layout, blanks, asked.nics(), media.drives(caller, asked.medium()));
            List<Instance> made = new ArrayList<>();
            for (int number = 1; number <= asked.count(); number++) {
                Profile profile = asked.count() == 1
                        ? asked.profile()
                        : asked.profile().named(asked.profile().name() + "-" + number);
                Instance server = create(caller, profile, machine, group);
                group.ifPresent(joined -> groups.join(server.id(), joined));
                made.add(server);
            }
            return made;
        });
    }

    /// What all servers of one request are made of.
    private record Machine(
            Flavor flavor,
            BootSource source,
            Boot boot,
            Layout layout,
            List<ByteCount> blanks,
            List<WantedNic> nics,
            List<DriveSpec> drives) {}

    /// An image that stands for volumes says how they boot.
    private BootSource source(Caller caller, Layout layout, Optional<ImageRecord> image) {
        BootSource root = volumes.source(caller, layout.root());
        return layout.isVolumeBacked() ? image.map(BootSource::byVolumes).orElse(root) : root;
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

    private void requireQuota(Caller caller, NewServer asked, Flavor flavor, Layout layout) {
        Map<Resource, Long> needs = new EnumMap<>(need(flavor).resources());
        needs.replaceAll((resource, each) -> each * asked.count());
        quotas.require(caller.project(), needs);
        volumes.requireQuota(caller, layout, asked.count());
    }

    private Instance create(Caller caller, Profile profile, Machine machine, Optional<ServerGroup> group) {
        Instant now = clock.instant();
        InstanceId id = InstanceId.random();
        MachinePlan plan = MachinePlan.of(machine.flavor(), machine.source())
                .keeping(machine.layout().places());
        if (!machine.layout().isVolumeBacked()) {
            plan.addRoot();
        }
        HostId host;
        try {
            host = place(caller, machine, group, now);
        } catch (StasisException e) {
            InstanceSpec spec = plan.spec(profile.name(), machine.boot());
            return entered(caller, id, profile, machine, spec, Optional.empty(), InstanceState.failed(e.report()), now);
        }
        SagaId saga = SagaId.random();
        ServerVolumes.Reservation reserved = volumes.reservation(caller, id, saga, host);
        reserved.add(plan, machine.layout().root());
        plan.addOwn(machine.blanks());
        machine.layout().others().forEach(device -> reserved.add(plan, device));
        InstanceSpec spec = plan.spec(profile.name(), machine.boot())
                .withNics(interfaces.reserve(id, machine.nics()))
                .withDrives(machine.drives());
        Instance instance =
                entered(caller, id, profile, machine, spec, Optional.of(host), InstanceState.building(saga), now);
        sagas.start(
                saga,
                new Start<>(
                        bootServer,
                        new BootServer.Data(id, host, spec, reserved.made(), reserved.existing(), Optional.empty())),
                Job.accepted(caller, caller.project(), JobKind.BOOT_SERVER, JobSubject.of(id), now));
        return instance;
    }

    private HostId place(Caller caller, Machine machine, Optional<ServerGroup> group, Instant now) {
        List<Host> hosts = volumes.reaching(caller, machine.layout(), allowed(group, fleet.lockHosts()));
        return Placement.host(hosts, instances.loads(), need(machine.flavor()), now)
                .id();
    }

    private static Load need(Flavor flavor) {
        return new Load(1, flavor.vcpus(), ByteCount.ofMib(flavor.memoryMib()));
    }

    private Instance entered(
            Caller caller,
            InstanceId id,
            Profile profile,
            Machine machine,
            InstanceSpec spec,
            Optional<HostId> host,
            InstanceState state,
            Instant now) {
        Instance instance = new Instance(
                id,
                caller.project(),
                caller.user(),
                profile,
                machine.flavor(),
                spec,
                machine.source().image(),
                host,
                state,
                Optional.empty(),
                Life.begunAt(now));
        instances.add(instance);
        return instance;
    }
}
