package cloud.stasis.compute.devices;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.LiveDevices;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.PortId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/// Network interfaces come and go.
///
/// ```
///  attach    spec.json names it ──> on: the machine gets it │ off: its definition does
///  detach    on: the guest is asked until it lets it go ──> spec.json no longer names it, nor does the definition
/// ```
///
/// An interface keeps its hardware address and its place on the bus for as long as the instance has it. If the machine
/// does not take it the record is as it was.
public final class Nics {
    private static final Logger LOG = Logger.getLogger(Nics.class);

    private final Host host;
    private final Unplugging unplugging;

    public Nics(Host host) {
        this.host = host;
        this.unplugging = Unplugging.USUAL;
    }

    public CommandResult handle(ComputeCommand.AttachNic command) {
        Instance before = host.instances().open(command.instance());
        NicSpec asked = command.nic();
        PowerState state = state(before);
        requireReach(asked);
        Instance instance = before.machine().nic(asked.port()).isPresent() ? before : recorded(before, asked);
        Machine.Nic nic = instance.machine().nic(asked.port()).orElseThrow();
        if (!Host.isActive(state)) {
            redefine(instance);
        } else if (!has(instance.id(), nic.mac())) {
            try {
                live().attach(instance.id(), nic);
            } catch (StasisException e) {
                if (!e.kind().isRetryable()) {
                    instance.directory().spec().write(before.spec());
                }
                throw e;
            }
        }
        LOG.infof("Attached a network interface instanceId=%s portId=%s mac=%s", instance.id(), nic.port(), nic.mac());
        return new CommandResult.Completed();
    }

    public CommandResult handle(ComputeCommand.DetachNic command) {
        host.instances()
                .find(command.instance())
                .ifPresent(instance -> instance.machine().nic(command.port()).ifPresent(nic -> detach(instance, nic)));
        return new CommandResult.Completed();
    }

    private void detach(Instance instance, Machine.Nic nic) {
        PowerState state = state(instance);
        if (Host.isActive(state)) {
            unplugging.until(
                    () -> !isOnWith(instance.id(), nic.mac()),
                    () -> live().askFor(instance.id(), nic),
                    "the network interface " + nic.mac() + " %s: take it down in the guest, or stop the instance, and"
                            + " try again");
        }
        Instance rest = changed(instance, machine -> machine.without(nic.port()), nics -> nics.stream()
                .filter(known -> !known.port().equals(nic.port()))
                .toList());
        redefine(rest);
        LOG.infof("Detached a network interface instanceId=%s portId=%s", instance.id(), nic.port());
    }

    public CommandResult handle(ComputeCommand.SetLink command) {
        Instance before = host.instances().open(command.instance());
        PortId port = command.port();
        if (before.machine().nic(port).isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the instance has no network interface " + port);
        }
        PowerState state = state(before);
        Instance instance = changed(before, machine -> machine.with(port, command.link()), nics -> nics.stream()
                .map(nic -> nic.port().equals(port) ? nic.with(command.link()) : nic)
                .toList());
        if (Host.isActive(state)) {
            live().link(instance.id(), instance.machine().nic(port).orElseThrow());
        } else {
            redefine(instance);
        }
        return new CommandResult.Completed();
    }

    /// Refuses machines that this host cannot plug in, before anything is touched.
    ///
    /// @throws StasisException `WRONG_STATE`
    public static void requireReach(Host host, Machine machine) {
        for (Machine.Nic nic : machine.nics()) {
            if (!host.hypervisor().liveDevices().reaches(nic.network())) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "network " + nic.network() + " of the interface " + nic.mac() + " is not there (any more)");
            }
        }
    }

    private void requireReach(NicSpec asked) {
        if (!live().reaches(asked.network())) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance's host does not reach network " + asked.network());
        }
    }

    private Instance recorded(Instance instance, NicSpec asked) {
        return changed(instance, machine -> machine.with(asked), nics -> {
            List<NicSpec> more = new ArrayList<>(nics);
            more.add(asked);
            return more;
        });
    }

    private Instance changed(Instance instance, UnaryOperator<Machine> machine, UnaryOperator<List<NicSpec>> nics) {
        InstanceSpec spec = instance.spec().spec();
        InstanceRecord record =
                new InstanceRecord(spec.withNics(nics.apply(spec.nics())), machine.apply(instance.machine()));
        instance.directory().spec().write(record);
        return host.instances().open(instance.id(), record);
    }

    /// Of a machine that is on the definition is written anew at its next start.
    private void redefine(Instance instance) {
        host.hypervisor()
                .domains()
                .find(instance.id())
                .filter(domain -> !domain.isActive())
                .ifPresent(domain -> host.hypervisor().domains().define(instance.machine(), instance.files()));
    }

    private PowerState state(Instance instance) {
        PowerState state = host.state(instance);
        if (state == PowerState.SUSPENDED) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance is suspended: resume it before its devices change");
        }
        return state;
    }

    private boolean isOnWith(InstanceId id, MacAddress mac) {
        Optional<Domain> domain = host.hypervisor().domains().find(id);
        return domain.filter(Domain::isActive).isPresent() && has(id, mac);
    }

    private boolean has(InstanceId id, MacAddress mac) {
        return live().nics(id).contains(mac);
    }

    private LiveDevices live() {
        return host.hypervisor().liveDevices();
    }
}
