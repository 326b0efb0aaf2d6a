package cloud.stasis.gateway.device;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Network interfaces that servers are given and give back.
public final class Interfaces {
    /// Of one server: as many as its board has places for.
    public static final int MAX_PER_SERVER = 8;

    private final Transactions transactions;
    private final Instances instances;
    private final Ports ports;
    private final Networks networks;
    private final Addresses addresses;
    private final SagaRunner sagas;
    private final ChangeDevice changeDevice;
    private final Clock clock;

    public Interfaces(
            Transactions transactions,
            Instances instances,
            Ports ports,
            Networks networks,
            SagaRunner sagas,
            ChangeDevice changeDevice,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.ports = ports;
        this.networks = networks;
        this.addresses = new Addresses(ports);
        this.sagas = sagas;
        this.changeDevice = changeDevice;
        this.clock = clock;
    }

    public List<Port> of(Caller caller, InstanceId server) {
        return ports.of(instances.visible(caller, server).id());
    }

    /// Takes addresses for a server that is about to be made, within the transaction of its caller.
    ///
    /// @throws StasisException `INVALID_REQUEST`, `WRONG_STATE` if an address is taken, `QUOTA_EXCEEDED` if there
    /// is none
    public List<NicSpec> reserve(InstanceId server, List<WantedNic> wanted) {
        if (wanted.size() > MAX_PER_SERVER) {
            throw tooMany();
        }
        List<NicSpec> nics = new ArrayList<>();
        for (WantedNic one : wanted) {
            network(one).ifPresent(network -> {
                NicSpec nic = addresses.nic(network, one.address());
                ports.add(Port.of(server, nic, Optional.empty(), clock.instant()));
                nics.add(nic);
            });
        }
        return nics;
    }

    private Optional<Network> network(WantedNic wanted) {
        return wanted.network().map(networks::named).or(networks::only);
    }

    /// Begins to give a server an interface.
    ///
    /// @throws StasisException `WRONG_STATE` of the server, or if the address is taken; `INVALID_REQUEST`
    public Port attach(Caller caller, InstanceId id, WantedNic wanted) {
        return transactions.call(() -> {
            Instance instance = locked(caller, id, Operation.ATTACH_INTERFACE);
            HostId host = instance.hostFor(Operation.ATTACH_INTERFACE);
            if (ports.of(id).size() >= MAX_PER_SERVER) {
                throw tooMany();
            }
            Network network = network(wanted)
                    .orElseThrow(() ->
                            new StasisException(ErrorCode.INVALID_REQUEST, "There are no networks in this cloud."));
            NicSpec nic = addresses.nic(network, wanted.address());
            Instant now = clock.instant();
            SagaId saga = SagaId.random();
            Port port = Port.of(id, nic, Optional.of(saga), now);
            ports.add(port);
            start(caller, instance, saga, JobKind.ATTACH_INTERFACE, host, new ChangeDevice.Attach(nic));
            return port;
        });
    }

    /// Begins to take an interface from a server.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND` if it does not have it, `WRONG_STATE`
    public void detach(Caller caller, InstanceId id, PortId portId) {
        transactions.run(() -> {
            Instance instance = locked(caller, id, Operation.DETACH_INTERFACE);
            HostId host = instance.hostFor(Operation.DETACH_INTERFACE);
            Port port = quiet(id, portId);
            SagaId saga = SagaId.random();
            ports.save(port.workedOnBy(Optional.of(saga)));
            start(caller, instance, saga, JobKind.DETACH_INTERFACE, host, new ChangeDevice.Detach(portId));
        });
    }

    /// Begins to plug the cable of an interface in or out.
    public Job link(Caller caller, InstanceId id, PortId portId, Link link) {
        return transactions.call(() -> {
            Instance instance = locked(caller, id, Operation.CHANGE_DEVICE);
            HostId host = instance.hostFor(Operation.CHANGE_DEVICE);
            quiet(id, portId);
            return start(
                    caller, instance, SagaId.random(), JobKind.CHANGE_LINK, host, new ChangeDevice.Cable(portId, link));
        });
    }

    private Instance locked(Caller caller, InstanceId id, Operation operation) {
        Instance instance = instances.lockVisible(caller, id);
        instance.requireUnlocked(caller);
        instance.state().requireAllowed(id, operation);
        return instance;
    }

    private Port quiet(InstanceId id, PortId portId) {
        Port port = ports.of(id).stream()
                .filter(known -> known.id().equals(portId))
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.OBJECT_NOT_FOUND, "No port with id " + portId + " is attached to this server."));
        if (port.worker().isPresent()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "Port " + portId + " is being attached or detached: try again in a moment.");
        }
        return port;
    }

    private Job start(
            Caller caller, Instance instance, SagaId saga, JobKind kind, HostId host, ChangeDevice.Change change) {
        Job job = Job.accepted(caller, instance.project(), kind, JobSubject.of(instance.id()), clock.instant());
        sagas.start(saga, new Start<>(changeDevice, new ChangeDevice.Data(instance.id(), host, change)), job);
        return job;
    }

    private static StasisException tooMany() {
        return new StasisException(
                ErrorCode.INVALID_REQUEST, "A server has at most " + MAX_PER_SERVER + " network interfaces.");
    }
}
