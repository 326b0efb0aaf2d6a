package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instance.Life;
import cloud.stasis.gateway.compute.InstanceState;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.device.InterfaceCopies;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.snapshot.Verdict.OnHost;
import cloud.stasis.gateway.snapshot.Verdict.Outcome;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds a place for a clone, adds its row and says what its saga needs to know: a part of the transaction of whoever
/// begins that.
public final class NewClones {
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final Fleet fleet;
    private final Quotas quotas;
    private final CloneServer cloneServer;
    private final Verdicts verdicts;
    private final InterfaceCopies interfaces;
    private final FormerFlavors flavors;
    private final Clock clock;

    public NewClones(
            Instances instances,
            SnapshotRows snapshots,
            Fleet fleet,
            Quotas quotas,
            CloneServer cloneServer,
            Verdicts verdicts,
            InterfaceCopies interfaces,
            FormerFlavors flavors,
            Clock clock) {
        this.instances = instances;
        this.snapshots = snapshots;
        this.fleet = fleet;
        this.quotas = quotas;
        this.cloneServer = cloneServer;
        this.verdicts = verdicts;
        this.interfaces = interfaces;
        this.flavors = flavors;
        this.clock = clock;
    }

    /// What a clone shall be.
    ///
    /// @param name of the new server
    public record Asked(String name, MemoryChoice memory, ResumeState resume, Identity identity) {}

    /// A clone of a server, which waits until a snapshot of that is taken.
    ///
    /// @param id of the new server, which has no row yet
    /// @param job which was accepted
    public record Pending(InstanceId id, UserId user, JobId job, Asked asked) {}

    /// @param id of the new server
    /// @param user whose it is
    /// @throws StasisException `QUOTA_EXCEEDED`, `WRONG_STATE`, `NO_VALID_HOST` with a reason
    Start<CloneServer.Data> start(InstanceId id, UserId user, SnapshotId of, Asked asked, Optional<JobId> job) {
        Snapshot found = snapshots.find(of).orElseThrow(() -> notFound(of));
        InstanceSpec was = found.spec();
        quotas.require(found.project(), new Load(1, was.vcpus(), was.memory()).resources());
        Optional<Instance> origin = instances.ever(found.instance());
        HostId host = place(found, origin.flatMap(Instance::host), asked.memory());
        Snapshot snapshot = snapshots.lock(of).orElseThrow(() -> notFound(of));
        if (!(snapshot.state() instanceof SnapshotState.Available)) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Cannot clone snapshot " + of + " while it is "
                            + snapshot.state().status() + ".");
        }
        Instant now = clock.instant();
        SagaId saga = SagaId.random();
        Manifest manifest = snapshot.sealed().orElseThrow().manifest();
        InstanceSpec spec = spec(snapshot.spec(), manifest, asked.name())
                .withNics(interfaces.copy(id, snapshot.spec().nics(), asked.identity(), asked.memory()));
        instances.add(new Instance(
                id,
                snapshot.project(),
                user,
                profile(asked.name(), origin.map(Instance::profile)),
                origin.map(Instance::flavor).orElseGet(() -> flavors.of(manifest, spec)),
                spec,
                origin.flatMap(Instance::image),
                Optional.of(host),
                InstanceState.building(saga),
                Optional.empty(),
                Life.begunAt(now)));
        snapshots.save(snapshot.in(new SnapshotState.Cloning(saga), now));
        CloneServer.Data data = new CloneServer.Data(
                id,
                host,
                spec,
                snapshot.instance(),
                of,
                manifest.parts(),
                asked.memory(),
                asked.resume(),
                asked.identity(),
                Optional.empty());
        return new Start<>(saga, cloneServer, data, job);
    }

    /// The host that the snapshot is from if that will do, since it may keep the memory; else the one with the
    /// most room.
    private HostId place(Snapshot snapshot, Optional<HostId> former, MemoryChoice memory) {
        List<Host> hosts = fleet.lockHosts();
        Map<HostId, Load> loads = instances.loads();
        List<OnHost> found = hosts.stream()
                .map(host -> verdicts.clone(snapshot, host, loads.getOrDefault(host.id(), Load.NONE), former))
                .toList();
        Set<HostId> able = found.stream()
                .filter(on -> on.outcome() == Outcome.WITH_MEMORY
                        || memory == MemoryChoice.DISKS_ONLY && on.outcome() == Outcome.DISKS_ONLY)
                .flatMap(on -> on.host().stream())
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
        if (able.isEmpty()) {
            throw new StasisException(
                    memory == MemoryChoice.WITH_MEMORY && !snapshot.hasMemory()
                            ? ErrorCode.INVALID_REQUEST
                            : ErrorCode.NO_VALID_HOST,
                    "No host can make this clone. "
                            + found.stream()
                                    .flatMap(on -> on.reasons().stream())
                                    .findFirst()
                                    .orElse("No host is there."));
        }
        Optional<HostId> home = former.filter(able::contains);
        return home.orElseGet(() -> Placement.host(
                        hosts.stream().filter(host -> able.contains(host.id())).toList(),
                        loads,
                        new Load(1, snapshot.spec().vcpus(), snapshot.spec().memory()),
                        clock.instant())
                .id());
    }

    /// @param was of the server that the snapshot is of, if that was here
    private static Profile profile(String name, Optional<Profile> was) {
        return new Profile(
                name,
                Optional.empty(),
                was.map(Profile::hostname).orElseGet(() -> Profile.hostname(name)),
                was.flatMap(Profile::keyName),
                was.map(Profile::metadata).orElse(Map.of()),
                Set.of(),
                Remarks.NONE,
                Optional.empty());
    }

    /// The same machine on the contents of the snapshot.
    private static InstanceSpec spec(InstanceSpec was, Manifest manifest, String name) {
        List<DiskSpec> disks = was.disks().stream()
                .map(disk ->
                        new DiskSpec(disk.target(), disk.size(), new DiskSource.OverImage(content(disk, manifest))))
                .toList();
        return was.named(name).withDisks(disks);
    }

    private static Content content(DiskSpec disk, Manifest manifest) {
        return manifest.parts().stream()
                .filter(part -> part instanceof Part.Disk of && of.target().equals(disk.target()))
                .map(Part::content)
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "The snapshot has no disk " + disk.target() + "."));
    }

    static StasisException notFound(SnapshotId id) {
        return new StasisException(ErrorCode.SNAPSHOT_NOT_FOUND, "Snapshot " + id + " could not be found.");
    }
}
