package cloud.stasis.compute.lifecycle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.store.DeviceArchives;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Makes a new instance and boots it; see [NewInstances].
public final class BootInstance {
    private static final Logger LOG = Logger.getLogger(BootInstance.class);

    private final Host host;
    private final PowerOn powerOn;
    private final NewInstances newInstances;

    public BootInstance(Host host, PowerOn powerOn) {
        this.host = host;
        this.powerOn = powerOn;
        this.newInstances = new NewInstances(host);
    }

    public CommandResult handle(ComputeCommand.BootInstance command, CommandContext context) {
        Optional<Instance> existing = host.instances().find(command.instance());
        Instance instance = existing.orElseGet(() -> create(command, context));
        if (existing.isPresent() && !Host.isActive(host.state(instance))) {
            powerOn.boot(instance, ResumeState.RUNNING);
        }
        return new CommandResult.Observed(host.state(instance));
    }

    private Instance create(ComputeCommand.BootInstance command, CommandContext context) {
        Machine machine = keeping(
                Machine.of(command.instance(), command.spec(), host.hypervisor().board()), command);
        Instance made = newInstances.make(
                new InstanceRecord(command.spec(), machine),
                command.grant(),
                context,
                instance -> powerOn.boot(instance, ResumeState.RUNNING));
        LOG.infof("Booted an instance instanceId=%s", command.instance());
        return made;
    }

    /// With the variables of its firmware, if it has been here or elsewhere before.
    private Machine keeping(Machine fresh, ComputeCommand.BootInstance command) {
        return command.kept()
                .filter(_ -> fresh.uefi().isPresent())
                .flatMap(archive -> DeviceArchives.read(archive, host.stores().open(command.grant()))
                        .uefi())
                .map(fresh::with)
                .orElse(fresh);
    }
}
