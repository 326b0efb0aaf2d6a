package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Growth;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.device.Plugged;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.snapshot.Verdict.Examination;
import cloud.stasis.gateway.snapshot.Verdict.OnHost;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.HostId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says what can still be made of snapshots.
public final class Verdicts {
    private final Instances instances;
    private final Fleet fleet;
    private final VolumeExchange volumes;
    private final Plugged plugged;
    private final Networks networks;
    private final Quotas quotas;
    private final Growth growth;
    private final Clock clock;

    public Verdicts(
            Instances instances,
            Fleet fleet,
            VolumeExchange volumes,
            Plugged plugged,
            Networks networks,
            Quotas quotas,
            Growth growth,
            Clock clock) {
        this.instances = instances;
        this.fleet = fleet;
        this.volumes = volumes;
        this.plugged = plugged;
        this.networks = networks;
        this.quotas = quotas;
        this.growth = growth;
        this.clock = clock;
    }

    /// To be kept with a snapshot that has just been taken.
    FirstVerdict first(Snapshot snapshot) {
        return FirstVerdict.of(of(snapshot), clock.instant());
    }

    public Verdict of(Snapshot snapshot) {
        Optional<Instance> server = instances.find(snapshot.instance());
        Optional<HostId> home = instances.ever(snapshot.instance()).flatMap(Instance::host);
        Map<HostId, Load> loads = instances.loads();
        List<OnHost> clones = fleet.hosts().stream()
                .map(host -> clone(snapshot, host, loads.getOrDefault(host.id(), Load.NONE), home))
                .toList();
        return new Verdict(revert(snapshot, server), clones);
    }

    private OnHost revert(Snapshot snapshot, Optional<Instance> server) {
        Optional<Host> host = server.flatMap(Instance::host).flatMap(fleet::find);
        Examination examination = new Examination()
                .unless(server.isEmpty() ? Optional.of(withoutServer(snapshot)) : Optional.empty())
                .unless(Verdict.ofSnapshot(snapshot))
                .memoryUnless(Verdict.ofMemory(snapshot));
        server.ifPresent(instance ->
                devices(instance, snapshot.spec()).forEach(reason -> examination.unless(Optional.of(reason))));
        if (host.isEmpty()) {
            examination.unless(Optional.of("No host has the server."));
        } else {
            examination.unless(Verdict.ofLife(host.get(), clock.instant()));
            examination.unless(server.flatMap(instance ->
                    growth.hindrance(instance, Instance.load(snapshot.spec().size()), host.get())));
            if (snapshot.hasMemory()) {
                examination.memoryUnless(Verdict.ofPlatform(snapshot, host.get(), true));
            }
        }
        return examination.on(host.map(Host::id));
    }

    private static String withoutServer(Snapshot snapshot) {
        return snapshot.isImported()
                ? "The snapshot was imported, and is of no server here; a new one can be made of it."
                : "The server is gone; a new one can be made of the snapshot.";
    }

    /// @param home where the server of the snapshot is, or was
    OnHost clone(Snapshot snapshot, Host host, Load load, Optional<HostId> home) {
        Instant now = clock.instant();
        InstanceSpec spec = snapshot.spec();
        Load need = Instance.load(spec.size());
        ByteCount disks = spec.disks().stream().map(DiskSpec::size).reduce(ByteCount.ZERO, ByteCount::plus);
        boolean own = home.filter(host.id()::equals).isPresent();
        Examination examination = new Examination()
                .unless(Verdict.ofSnapshot(snapshot))
                .unless(Verdict.ofKernel(snapshot))
                .unless(networks.hindrance(spec.nics()))
                .noting(networks.differences(spec.nics()))
                .unless(Verdict.ofLife(host, now))
                .unless(Verdict.ofService(host))
                .unless(Verdict.ofRoom(host, load, need, disks))
                .unless(quotas.hindrance(snapshot.project(), need.resources()))
                .memoryUnless(Verdict.ofMemory(snapshot));
        if (snapshot.hasMemory()) {
            examination.memoryUnless(Verdict.ofForm(snapshot)).memoryUnless(Verdict.ofPlatform(snapshot, host, own));
        }
        return examination.on(Optional.of(host.id()));
    }

    /// Devices that the server cannot have again.
    private List<String> devices(Instance instance, InstanceSpec then) {
        List<String> reasons = new ArrayList<>(volumes.reasons(instance, then));
        reasons.addAll(plugged.reasons(instance.id(), then.nics(), networks));
        return reasons;
    }
}
