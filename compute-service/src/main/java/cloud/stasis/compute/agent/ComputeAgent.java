package cloud.stasis.compute.agent;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.CommandHandler;
import cloud.stasis.bus.FactPublisher;
import cloud.stasis.compute.capture.CaptureDisks;
import cloud.stasis.compute.capture.CaptureInstance;
import cloud.stasis.compute.capture.MemoryCut;
import cloud.stasis.compute.capture.SettleCapture;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.lifecycle.BootInstance;
import cloud.stasis.compute.lifecycle.DeleteInstance;
import cloud.stasis.compute.power.Power;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.reconcile.Reconciliation;
import cloud.stasis.compute.revert.RevertInstance;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Fact;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import org.jboss.logging.Logger;

/// Carries out what the gateway asks for. The composition of everything below it stands here.
public final class ComputeAgent implements CommandHandler<ComputeCommand> {
    private static final Logger LOG = Logger.getLogger(ComputeAgent.class);

    private final HostId id;
    private final Host host;
    private final FactPublisher facts;
    private final BootInstance boot;
    private final DeleteInstance delete;
    private final Power power;
    private final CaptureDisks captureDisks;
    private final CaptureInstance captureInstance;
    private final SettleCapture settle;
    private final RevertInstance revert;
    private final Reconciliation reconciliation;

    public ComputeAgent(HostId id, Host host, FactPublisher facts) {
        this.id = id;
        this.host = host;
        this.facts = facts;
        PowerOn powerOn = new PowerOn(host);
        MemoryCut memoryCut = new MemoryCut(host);
        this.boot = new BootInstance(host, powerOn);
        this.delete = new DeleteInstance(host);
        this.power = new Power(host, powerOn);
        this.settle = new SettleCapture(host);
        this.captureDisks = new CaptureDisks(host);
        this.captureInstance = new CaptureInstance(host, memoryCut, settle);
        this.revert = new RevertInstance(host, powerOn);
        this.reconciliation = new Reconciliation(host, powerOn, power, memoryCut, settle);
    }

    /// Ends what a former process left and tells the state of every instance. Called before any command.
    public void start() {
        host.instances().layout().prepare();
        for (InstanceId instance : reconciliation.run()) {
            tell(instance);
        }
    }

    @Override
    public CommandResult handle(ComputeCommand command, CommandContext context) {
        return switch (command) {
            case ComputeCommand.BootInstance boots -> boot.handle(boots, context);
            case ComputeCommand.ChangePower changes ->
                new CommandResult.Observed(power.change(host.instances().open(changes.instance()), changes.action()));
            case ComputeCommand.DeleteInstance deletes -> delete.handle(deletes);
            case ComputeCommand.CaptureDisks captures -> captureDisks.handle(captures, context);
            case ComputeCommand.CaptureInstance captures -> captureInstance.handle(captures, context);
            case ComputeCommand.SettleCapture settles -> settle.handle(settles);
            case ComputeCommand.RevertInstance reverts -> revert.handle(reverts, context);
            case ComputeCommand.DiscardSnapshot discards -> settle.handle(discards);
            case ComputeCommand.CancelCommand cancels ->
                throw new StasisException(ErrorCode.INTERNAL, "a cancellation reached the handler of commands");
        };
    }

    /// Tells the gateway what state an instance is in. Nothing is told of one that is not here.
    public void tell(InstanceId instance) {
        try {
            host.instances().find(instance).ifPresent(this::publish);
        } catch (StasisException e) {
            LOG.warnf(e, "A state could not be told instanceId=%s", instance);
        }
    }

    private void publish(Instance instance) {
        facts.publish(
                new Fact.InstanceObserved(
                        id, instance.id(), host.state(instance), host.clock().instant()),
                "");
    }
}
