package cloud.stasis.gateway.device;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.SagaId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Keeps the record of a server and the rows of its ports in step. Within a transaction of somebody else.
public final class Plugged {
    private final Instances instances;
    private final Ports ports;
    private final Clock clock;

    public Plugged(Instances instances, Ports ports, Clock clock) {
        this.instances = instances;
        this.ports = ports;
        this.clock = clock;
    }

    /// Changes what the machine is said to have; nothing if it is gone.
    void change(InstanceId id, UnaryOperator<InstanceSpec> change) {
        instances
                .lock(id)
                .filter(instance -> !instance.isDeleted())
                .ifPresent(instance -> instances.save(instance.madeOf(change.apply(instance.spec()), clock.instant())));
    }

    /// Takes the addresses of interfaces that a server had and is to have again. An address that another of its
    /// interfaces has now passes from that to this when it is done ([#settle]).
    ///
    /// @param then all that it is to have
    /// @return why it cannot have them; empty if it can, and they are its own from now on
    public List<String> claim(Instance instance, List<NicSpec> then, Networks networks, SagaId saga) {
        Set<PortId> has = ports.of(instance.id()).stream().map(Port::id).collect(Collectors.toUnmodifiableSet());
        List<NicSpec> missing =
                then.stream().filter(nic -> !has.contains(nic.port())).toList();
        Set<String> wanted = new TreeSet<>();
        missing.forEach(nic -> wanted.add(nic.network().toString()));
        wanted.forEach(network -> ports.lock(NetworkId.parse(network)));
        Set<String> own = addresses(instance.id());
        List<String> reasons = reasons(missing, own, networks);
        if (reasons.isEmpty()) {
            missing.stream()
                    .filter(nic -> nic.fixedAddress().filter(own::contains).isEmpty())
                    .forEach(nic -> ports.add(Port.of(instance.id(), nic, Optional.of(saga), clock.instant())));
        }
        return reasons;
    }

    private Set<String> addresses(InstanceId instance) {
        return ports.of(instance).stream()
                .flatMap(port -> port.address().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private List<String> reasons(List<NicSpec> missing, Set<String> own, Networks networks) {
        return missing.stream()
                .flatMap(nic -> reason(nic, own, networks).stream())
                .toList();
    }

    /// Why a server cannot have again the interfaces that a snapshot shows.
    public List<String> reasons(InstanceId instance, List<NicSpec> then, Networks networks) {
        Set<PortId> has = ports.of(instance).stream().map(Port::id).collect(Collectors.toUnmodifiableSet());
        List<NicSpec> missing =
                then.stream().filter(nic -> !has.contains(nic.port())).toList();
        return reasons(missing, addresses(instance), networks);
    }

    private Optional<String> reason(NicSpec nic, Set<String> own, Networks networks) {
        if (networks.find(nic.network()).isEmpty()) {
            return Optional.of("The network " + nic.network() + " of its interface " + nic.mac() + " is gone.");
        }
        return nic.fixedAddress()
                .filter(address -> !own.contains(address))
                .filter(address -> ports.taken(nic.network()).contains(address))
                .map(address ->
                        "The address " + address + " of its interface " + nic.mac() + " is another server's by now.");
    }

    /// Whether an interface of the server is on its way in or out.
    public boolean isChanging(InstanceId instance) {
        return ports.of(instance).stream().anyMatch(port -> port.worker().isPresent());
    }

    /// The rows that a saga had are those of what the server has, and nothing else.
    public void finish(InstanceId id, SagaId saga) {
        settle(id, port -> port.worker().filter(saga::equals).isPresent());
    }

    /// The same for all rows of the server.
    public void settle(InstanceId id) {
        settle(id, port -> true);
    }

    private void settle(InstanceId id, Predicate<Port> which) {
        List<NicSpec> nics =
                instances.lock(id).map(Instance::spec).map(InstanceSpec::nics).orElse(List.of());
        Set<PortId> has = nics.stream().map(NicSpec::port).collect(Collectors.toUnmodifiableSet());
        ports.of(id).stream().filter(which).forEach(port -> {
            if (has.contains(port.id())) {
                ports.save(port.workedOnBy(Optional.empty()));
            } else {
                ports.remove(port.id());
            }
        });
        Set<PortId> rows = ports.of(id).stream().map(Port::id).collect(Collectors.toUnmodifiableSet());
        nics.stream()
                .filter(nic -> !rows.contains(nic.port()))
                .forEach(nic -> ports.add(Port.of(id, nic, Optional.empty(), clock.instant())));
    }
}
