package cloud.stasis.compute.protect;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.watchdog.Lease;
import cloud.stasis.disks.StateFile;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiscardStandby;
import cloud.stasis.messages.ComputeCommand.FenceInstance;
import cloud.stasis.messages.ComputeCommand.HandOver;
import cloud.stasis.messages.ComputeCommand.PrepareStandby;
import cloud.stasis.messages.ComputeCommand.ProtectInstance;
import cloud.stasis.messages.ComputeCommand.UnprotectInstance;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/// Both sides of protections on this host, and the commands that concern them.
public final class Protections implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Protections.class);

    /// An epoch that stands still is small, and whatever was before it has been acknowledged.
    private static final Duration HAND_OVER_DEADLINE = Duration.ofSeconds(60);

    private final Host host;
    private final Lease leases;
    private final URI url;
    private final Standbys standbys;
    private final TakeOver takeOver;
    private final Map<InstanceId, Running> running = new ConcurrentHashMap<>();

    private record Running(ProtectedInstance instance, Protection protection) {}

    /// @param url under which other hosts reach the standbys of this one
    public Protections(Host host, PowerOn powerOn, Lease leases, URI url) {
        this.host = host;
        this.leases = leases;
        this.url = url;
        this.standbys = new Standbys(host);
        this.takeOver = new TakeOver(host, powerOn, standbys);
    }

    public Standbys standbys() {
        return standbys;
    }

    /// Goes on with what a former process protected, and kept.
    public void start(Collection<InstanceId> known) {
        standbys.start();
        for (InstanceId id : known) {
            try {
                record(id).read().ifPresent(record -> begin(id, record));
            } catch (StasisException e) {
                LOG.errorf(e, "A protection does not go on instanceId=%s", id);
            }
        }
    }

    private StateFile<ProtectionRecord> record(InstanceId id) {
        return new StateFile<>(
                host.instances().layout().instance(id).path().resolve("protection.json"), ProtectionRecord.class);
    }

    private Protection begin(InstanceId id, ProtectionRecord record) {
        ProtectedInstance instance = new ProtectedInstance(host, leases, id, record.protection());
        Protection protection =
                new Protection(instance, record.settings(), new HttpStandbyLink(record.standby(), record.secret()));
        running.put(id, new Running(instance, protection));
        protection.start();
        return protection;
    }

    public CommandResult handle(PrepareStandby command) {
        if (host.instances().find(command.instance()).isPresent()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "an instance cannot have its standby where it is, or still has files");
        }
        String secret = standbys.prepare(command.instance(), command.protection());
        return new CommandResult.StandbyReady(URI.create(url + "/v1/standbys/" + command.protection()), secret);
    }

    public CommandResult handle(DiscardStandby command) {
        standbys.discard(command.protection());
        return new CommandResult.Completed();
    }

    public CommandResult handle(ProtectInstance command, CommandContext context) {
        Instance instance = host.instances().open(command.instance());
        ProtectedInstance.requireProtectable(host, instance);
        ProtectionRecord record =
                new ProtectionRecord(command.protection(), command.standby(), command.secret(), command.settings());
        Optional<ProtectionRecord> before = record(command.instance()).read();
        Running known = running.get(command.instance());
        if (known != null
                && before.isPresent()
                && before.get().protection().equals(record.protection())
                && before.get().standby().equals(record.standby())) {
            record(command.instance()).write(record);
            known.protection().change(record.settings());
            known.protection().awaitProtected(context::checkCancelled);
            return new CommandResult.Completed();
        }
        end(command.instance());
        record(command.instance()).write(record);
        try {
            begin(command.instance(), record).awaitProtected(context::checkCancelled);
        } catch (StasisException e) {
            // Whoever asks again begins anew.
            end(command.instance());
            throw e;
        }
        LOG.infof("An instance is protected instanceId=%s standby=%s", command.instance(), command.standby());
        return new CommandResult.Completed();
    }

    public CommandResult handle(UnprotectInstance command) {
        Optional<ProtectionRecord> record = record(command.instance()).read();
        if (record.filter(known -> known.protection().equals(command.protection()))
                .isPresent()) {
            end(command.instance());
        }
        return new CommandResult.Completed();
    }

    private void end(InstanceId id) {
        Running ended = running.remove(id);
        if (ended != null) {
            ended.protection().end();
        }
        if (host.instances().layout().instance(id).exists()) {
            record(id).delete();
        }
    }

    public CommandResult handle(HandOver command) {
        Running known = running.get(command.instance());
        if (known == null || !known.instance().protection().equals(command.protection())) {
            throw new StasisException(ErrorCode.PROTECTION_NOT_FOUND, "the instance is not protected here");
        }
        long epoch = known.protection().takeLast(HAND_OVER_DEADLINE);
        host.hypervisor().domains().powerOff(command.instance());
        end(command.instance());
        LOG.infof("An instance was handed over instanceId=%s epoch=%d", command.instance(), epoch);
        return new CommandResult.HandedOver(epoch);
    }

    /// First off, then everything else: whatever fails, it does not run.
    public CommandResult handle(FenceInstance command) {
        host.hypervisor()
                .domains()
                .find(command.instance())
                .filter(Domain::isActive)
                .ifPresent(active -> host.hypervisor().domains().powerOff(command.instance()));
        end(command.instance());
        LOG.warnf("An instance was fenced instanceId=%s", command.instance());
        return new CommandResult.Completed();
    }

    public CommandResult handle(ComputeCommand.TakeOver command) {
        CommandResult result = takeOver.handle(command);
        standbys.discard(command.protection());
        return result;
    }

    /// While it is open nothing is done to these instances for their protection.
    public interface Rest extends AutoCloseable {
        @Override
        void close();
    }

    public Rest rest(Collection<InstanceId> instances) {
        List<Running> resting = new ArrayList<>();
        Rest rest = () -> resting.forEach(this::goOn);
        try {
            for (InstanceId id : instances) {
                Running known = running.get(id);
                if (known != null) {
                    known.protection().rest();
                    resting.add(known);
                }
            }
            return rest;
        } catch (RuntimeException e) {
            rest.close();
            throw e;
        }
    }

    /// An instance that was removed meanwhile is not protected any more.
    private void goOn(Running rested) {
        try {
            rested.protection().goOn();
        } catch (RuntimeException e) {
            LOG.warnf(
                    e,
                    "A protection begins anew instanceId=%s",
                    rested.instance().id());
        }
        if (!host.instances().layout().instance(rested.instance().id()).exists()) {
            running.remove(rested.instance().id(), rested);
            rested.protection().close();
        }
    }

    public boolean isProtected(InstanceId id) {
        return running.containsKey(id);
    }

    /// How often it was paused for an epoch.
    public long pauses(InstanceId id) {
        Running known = running.get(id);
        return known == null ? 0 : known.instance().pauseCount();
    }

    /// Whether it is paused for an epoch right now.
    public boolean isInPassing(InstanceId id) {
        Running known = running.get(id);
        return known != null && known.instance().isInPassing();
    }

    /// The bus has heard of this host.
    public void heardOf() {
        running.values().forEach(known -> known.instance().heardOf());
    }

    public List<ProtectionStatus> statuses() {
        List<ProtectionStatus> all = new ArrayList<>(standbys.statuses());
        running.values().forEach(known -> all.add(known.protection().status()));
        return all;
    }

    /// The next process goes on.
    @Override
    public void close() {
        running.values().forEach(known -> known.protection().close());
        running.clear();
    }
}
