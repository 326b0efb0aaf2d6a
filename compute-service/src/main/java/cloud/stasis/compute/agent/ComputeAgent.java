package cloud.stasis.compute.agent;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.CommandHandler;
import cloud.stasis.bus.FactPublisher;
import cloud.stasis.compute.capture.CaptureDisks;
import cloud.stasis.compute.capture.CaptureInstance;
import cloud.stasis.compute.capture.CutTogether;
import cloud.stasis.compute.capture.CutVolumes;
import cloud.stasis.compute.capture.MemoryCut;
import cloud.stasis.compute.capture.SettleCapture;
import cloud.stasis.compute.capture.SnapshotCut;
import cloud.stasis.compute.devices.ChangeMedium;
import cloud.stasis.compute.devices.Nics;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.layers.FoldLayers;
import cloud.stasis.compute.layers.Folds;
import cloud.stasis.compute.lifecycle.BootInstance;
import cloud.stasis.compute.lifecycle.CloneInstance;
import cloud.stasis.compute.lifecycle.DeleteInstance;
import cloud.stasis.compute.lifecycle.StreamedDisks;
import cloud.stasis.compute.power.Power;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.power.Rescue;
import cloud.stasis.compute.power.Resize;
import cloud.stasis.compute.protect.Protections;
import cloud.stasis.compute.reconcile.Doctor;
import cloud.stasis.compute.reconcile.Reconciliation;
import cloud.stasis.compute.revert.RevertInstance;
import cloud.stasis.compute.store.BaseStreams;
import cloud.stasis.compute.volumes.AttachVolume;
import cloud.stasis.compute.volumes.DetachVolume;
import cloud.stasis.compute.volumes.GrowAttached;
import cloud.stasis.compute.volumes.RevertAttached;
import cloud.stasis.compute.watchdog.Lease;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.Fact;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/// Carries out what the gateway asks for. The composition of everything below it stands here.
public final class ComputeAgent implements CommandHandler<ComputeCommand>, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ComputeAgent.class);

    private final HostId hostId;
    private final Host host;
    private final FactPublisher facts;
    private final BootInstance boot;
    private final CloneInstance clone;
    private final DeleteInstance delete;
    private final Power power;
    private final CaptureDisks captureDisks;
    private final CaptureInstance captureInstance;
    private final Rescue rescue;
    private final Folds folds;
    private final Resize resize;
    private final SettleCapture settle;
    private final RevertInstance revert;
    private final AttachVolume attach;
    private final DetachVolume detach;
    private final CutVolumes cutVolumes;
    private final CutTogether cutTogether;
    private final Nics nics;
    private final ChangeMedium changeMedium;
    private final RevertAttached revertAttached;
    private final GrowAttached growAttached;
    private final Reconciliation reconciliation;
    private final Doctor doctor;
    private final StateTeller teller;
    private final StreamedDisks streamed;
    private final Protections protections;
    private final Turns turns = new Turns();
    /// Of protected instances, which pass from one state into another many times a second.
    private final Map<InstanceId, PowerState> told = new ConcurrentHashMap<>();

    /// Whose folds are part of the commands that make them worth while.
    public ComputeAgent(HostId hostId, Host host, FactPublisher facts) {
        this(hostId, host, facts, Runnable::run, Folds.Later.NEVER);
    }

    /// @param background of one thread, on which layers are folded
    /// @param later when a fold that failed is tried again
    public ComputeAgent(HostId hostId, Host host, FactPublisher facts, Executor background, Folds.Later later) {
        this(hostId, host, facts, background, later, new Sides(Lease.NONE, URI.create("http://127.0.0.1:1")));
    }

    /// What protections of instances need of this host.
    ///
    /// @param url where other hosts reach its standbys
    public record Sides(Lease leases, URI url) {}

    public ComputeAgent(
            HostId hostId, Host host, FactPublisher facts, Executor background, Folds.Later later, Sides sides) {
        this.hostId = hostId;
        this.host = host;
        this.facts = facts;
        PowerOn powerOn = new PowerOn(host);
        MemoryCut memoryCut = new MemoryCut(host);
        this.boot = new BootInstance(host, powerOn);
        this.clone = new CloneInstance(host, powerOn);
        this.delete = new DeleteInstance(host);
        this.power = new Power(host, powerOn);
        this.rescue = new Rescue(host, powerOn, power);
        FoldLayers folding = new FoldLayers(host);
        this.folds = new Folds(instance -> fold(folding, instance), background, later);
        this.resize = new Resize(host, power, folds);
        this.settle = new SettleCapture(host, folds);
        this.captureDisks = new CaptureDisks(host, memoryCut);
        SnapshotCut cut = new SnapshotCut(host, memoryCut);
        this.captureInstance = new CaptureInstance(host, cut, memoryCut, settle);
        this.revert = new RevertInstance(host, powerOn, cut, settle);
        this.attach = new AttachVolume(host);
        this.detach = new DetachVolume(host);
        this.cutVolumes = new CutVolumes(host, memoryCut);
        this.cutTogether = new CutTogether(host, cut, memoryCut, settle);
        this.nics = new Nics(host);
        this.changeMedium = new ChangeMedium(host);
        this.revertAttached = new RevertAttached(host);
        this.growAttached = new GrowAttached(host);
        this.teller = new StateTeller(this::tell);
        this.reconciliation = new Reconciliation(host, powerOn, power, memoryCut, settle);
        this.streamed = new StreamedDisks(host);
        host.streams().onFetched(this::areSettled);
        this.doctor = new Doctor(host, reconciliation, settle);
        this.protections = new Protections(host, powerOn, sides.leases(), sides.url());
    }

    /// Ends what a former process left, tells the state of every instance, and from then on each change. Called
    /// before any command.
    public void start() {
        host.instances().layout().prepare();
        List<InstanceId> known = reconciliation.run();
        protections.start(known);
        host.streams().resume();
        host.hypervisor().domains().onChange(teller::changed);
        known.forEach(teller::changed);
        known.forEach(folds::want);
    }

    @Override
    public CommandResult handle(ComputeCommand command, CommandContext context) {
        List<InstanceId> concerned =
                command.keys().stream().map(InstanceId::parse).toList();
        folds.giveWay(concerned);
        try (Turns.Turn _ = turns.take(concerned);
                Protections.Rest _ = protections.rest(isOfProtection(command) ? List.of() : concerned)) {
            giveUpHold(command);
            if (isToFindAllMended(command)) {
                concerned.forEach(reconciliation::mend);
            }
            if (needsDisksHere(command)) {
                concerned.stream()
                        .flatMap(id -> host.instances().find(id).stream())
                        .forEach(instance -> streamed.finish(instance, context));
            }
            return dispatch(command, context);
        } finally {
            folds.over(concerned);
            // Whoever waits for the outcome hears of that first.
            context.afterwards(() -> concerned.forEach(teller::changed));
        }
    }

    public Protections protections() {
        return protections;
    }

    /// The disks of an instance that still stream, and how far each is.
    ///
    /// @throws StasisException `INSTANCE_NOT_FOUND`
    public SortedMap<DeviceName, BaseStreams.Arrival> arrivals(InstanceId id) {
        return streamed.arrivals(host.instances().open(id));
    }

    /// @return whether nothing is left to do
    private boolean fold(FoldLayers folding, InstanceId id) {
        try (Turns.Turn _ = turns.take(List.of(id));
                Protections.Rest _ = protections.rest(List.of(id))) {
            return host.instances()
                    .find(id)
                    .filter(Instance::isAtRest)
                    .map(folding::of)
                    .orElse(true);
        }
    }

    /// Whether a command reads or changes layers of disks, and waits until they need the network no more. The others go
    /// on beside a disk that streams.
    private static boolean needsDisksHere(ComputeCommand command) {
        return switch (command) {
            case ComputeCommand.ChangePower changes -> changes.action() == PowerAction.SUSPEND;
            case ComputeCommand.CaptureDisks _,
                    ComputeCommand.CaptureInstance _,
                    ComputeCommand.UploadSnapshot _,
                    ComputeCommand.CutVolumes _,
                    ComputeCommand.CutTogether _,
                    ComputeCommand.RevertInstance _,
                    ComputeCommand.RescueInstance _,
                    ComputeCommand.ResizeInstance _,
                    ComputeCommand.RevertResize _,
                    ComputeCommand.RevertAttached _ -> true;
            case ComputeCommand.BootInstance _,
                    ComputeCommand.CloneInstance _,
                    ComputeCommand.DeleteInstance _,
                    ComputeCommand.UnrescueInstance _,
                    ComputeCommand.ConfirmResize _,
                    ComputeCommand.SettleCapture _,
                    ComputeCommand.DiscardSnapshot _,
                    ComputeCommand.AttachVolume _,
                    ComputeCommand.DetachVolume _,
                    ComputeCommand.DropCut _,
                    ComputeCommand.DropCuts _,
                    ComputeCommand.ReleaseTogether _,
                    ComputeCommand.Examine _,
                    ComputeCommand.AttachNic _,
                    ComputeCommand.DetachNic _,
                    ComputeCommand.SetLink _,
                    ComputeCommand.ChangeMedium _,
                    ComputeCommand.GrowAttached _,
                    ComputeCommand.PrepareStandby _,
                    ComputeCommand.ProtectInstance _,
                    ComputeCommand.UnprotectInstance _,
                    ComputeCommand.DiscardStandby _,
                    ComputeCommand.HandOver _,
                    ComputeCommand.FenceInstance _,
                    ComputeCommand.TakeOver _,
                    ComputeCommand.CancelCommand _ -> false;
        };
    }

    /// Moves all disks that stand on a content which has come.
    ///
    /// @return whether none is left that reads it from the network
    private boolean areSettled(Content content) {
        boolean settled = true;
        for (InstanceId id : host.instances().layout().known()) {
            try (Turns.Turn _ = turns.take(List.of(id))) {
                settled &= host.instances()
                        .find(id)
                        .map(instance -> isSettled(instance, content))
                        .orElse(true);
            }
        }
        return settled;
    }

    private boolean isSettled(Instance instance, Content content) {
        try {
            streamed.move(instance, () -> {});
            return !streamed.reads(instance, content);
        } catch (StasisException e) {
            LOG.warnf(e, "A disk still reads from the network instanceId=%s code=%s", instance.id(), e.code());
            return false;
        }
    }

    /// Whether what a former command left half done is ended before. The others end it themselves, or have no use for
    /// it.
    private static boolean isToFindAllMended(ComputeCommand command) {
        return !(command instanceof ComputeCommand.ReleaseTogether
                || command instanceof ComputeCommand.DeleteInstance
                || command instanceof ComputeCommand.Examine);
    }

    /// Whether a command says itself what its protection does meanwhile.
    private static boolean isOfProtection(ComputeCommand command) {
        return command instanceof ComputeCommand.ProtectInstance
                || command instanceof ComputeCommand.UnprotectInstance
                || command instanceof ComputeCommand.HandOver
                || command instanceof ComputeCommand.FenceInstance
                || command instanceof ComputeCommand.TakeOver;
    }

    /// What is held for an instant of several machines is in nobody's way: it is given up.
    private void giveUpHold(ComputeCommand command) {
        if (!(command instanceof ComputeCommand.ReleaseTogether)) {
            command.keys().forEach(key -> cutTogether.giveUp(InstanceId.parse(key)));
        }
    }

    private CommandResult dispatch(ComputeCommand command, CommandContext context) {
        return switch (command) {
            case ComputeCommand.BootInstance boots -> boot.handle(boots, context);
            case ComputeCommand.CloneInstance clones -> clone.handle(clones, context);
            case ComputeCommand.ChangePower changes ->
                new CommandResult.Observed(power.change(host.instances().open(changes.instance()), changes.action()));
            case ComputeCommand.DeleteInstance deletes -> delete.handle(deletes);
            case ComputeCommand.CaptureDisks captures -> captureDisks.handle(captures, context);
            case ComputeCommand.CaptureInstance captures -> captureInstance.handle(captures, context);
            case ComputeCommand.UploadSnapshot uploads -> captureInstance.handle(uploads, context);
            case ComputeCommand.SettleCapture settles -> settle.handle(settles);
            case ComputeCommand.RevertInstance reverts -> revert.handle(reverts, context);
            case ComputeCommand.DiscardSnapshot discards -> settle.handle(discards);
            case ComputeCommand.RescueInstance rescues -> rescue.handle(rescues, context);
            case ComputeCommand.UnrescueInstance ends -> rescue.handle(ends);
            case ComputeCommand.ResizeInstance resizes -> resize.handle(resizes);
            case ComputeCommand.ConfirmResize confirms -> resize.handle(confirms);
            case ComputeCommand.RevertResize reverts -> resize.handle(reverts);
            case ComputeCommand.AttachVolume attaches -> attach.handle(attaches);
            case ComputeCommand.DetachVolume detaches -> detach.handle(detaches);
            case ComputeCommand.CutVolumes cuts -> cutVolumes.handle(cuts);
            case ComputeCommand.DropCut drops -> cutVolumes.handle(drops);
            case ComputeCommand.DropCuts drops -> cutVolumes.handle(drops);
            case ComputeCommand.CutTogether cuts -> cutTogether.handle(cuts, context);
            case ComputeCommand.ReleaseTogether releases -> cutTogether.handle(releases);
            case ComputeCommand.Examine examines -> doctor.handle(examines);
            case ComputeCommand.AttachNic attaches -> nics.handle(attaches);
            case ComputeCommand.DetachNic detaches -> nics.handle(detaches);
            case ComputeCommand.SetLink sets -> nics.handle(sets);
            case ComputeCommand.ChangeMedium changes -> changeMedium.handle(changes, context);
            case ComputeCommand.RevertAttached reverts -> revertAttached.handle(reverts);
            case ComputeCommand.GrowAttached grows -> growAttached.handle(grows);
            case ComputeCommand.PrepareStandby prepares -> protections.handle(prepares);
            case ComputeCommand.ProtectInstance protects -> protections.handle(protects, context);
            case ComputeCommand.UnprotectInstance ends -> protections.handle(ends);
            case ComputeCommand.DiscardStandby discards -> protections.handle(discards);
            case ComputeCommand.HandOver handsOver -> protections.handle(handsOver);
            case ComputeCommand.FenceInstance fences -> protections.handle(fences);
            case ComputeCommand.TakeOver takesOver -> protections.handle(takesOver);
            case ComputeCommand.CancelCommand cancels ->
                throw new StasisException(ErrorCode.INTERNAL, "a cancellation reached the handler of commands");
        };
    }

    /// Nothing is told of an instance that is not here, nor while something is done to it that must not stay
    /// half done: what it passes through then is nobody's business, and the end of the command tells what it
    /// has come to.
    private void tell(InstanceId id) {
        Optional<Instance> instance = host.instances().find(id);
        if (instance.isEmpty() || isInPassing(instance.get())) {
            return;
        }
        long pauses = protections.pauses(id);
        boolean passes = protections.isInPassing(id);
        PowerState state = host.state(instance.get());
        if (passes || protections.isInPassing(id) || protections.pauses(id) != pauses) {
            // Of an epoch; it is looked at again when the guest goes on.
            return;
        }
        if (protections.isProtected(id) && state == told.put(id, state)) {
            return;
        }
        facts.publish(new Fact.InstanceObserved(hostId, id, state, host.clock().instant()), "");
    }

    private static boolean isInPassing(Instance instance) {
        return instance.directory()
                .intent()
                .read()
                .filter(record -> switch (record.intent()) {
                    case Intent.Restoring _,
                            Intent.Starting _,
                            Intent.Cutting _,
                            Intent.Suspending _,
                            Intent.Reverting _ -> true;
                    case Intent.Freezing _ -> false;
                })
                .isPresent();
    }

    @Override
    public void close() {
        protections.close();
        host.streams().close();
        cutTogether.close();
        teller.close();
        host.hypervisor().close();
    }
}
