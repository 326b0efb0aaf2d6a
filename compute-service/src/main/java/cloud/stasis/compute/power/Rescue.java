package cloud.stasis.compute.power;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Starts an instance from a disk that comes for this alone, and takes that disk away again. All other disks stay
/// where they are, so that what is known of them stays true.
///
/// ```
///  fetch contents -> stop -> make the disk -> spec.json names it -> start
/// ```
public final class Rescue {
    private static final Logger LOG = Logger.getLogger(Rescue.class);

    private final Host host;
    private final PowerOn powerOn;
    private final Power power;

    public Rescue(Host host, PowerOn powerOn, Power power) {
        this.host = host;
        this.powerOn = powerOn;
        this.power = power;
    }

    public CommandResult handle(ComputeCommand.RescueInstance command, CommandContext context) {
        Instance before = host.instances().open(command.instance());
        Instance instance = disk(before, command.disk().target()).isPresent()
                ? requireSame(before, command.disk())
                : prepared(before, command, context);
        if (!Host.isActive(host.state(instance))) {
            powerOn.boot(instance, ResumeState.RUNNING);
        }
        return new CommandResult.Observed(host.state(instance));
    }

    private static Optional<Machine.Disk> disk(Instance instance, DeviceName target) {
        return instance.machine().disks().stream()
                .filter(disk -> disk.target().equals(target))
                .findFirst();
    }

    private static Instance requireSame(Instance instance, DiskSpec asked) {
        if (disk(instance, asked.target())
                .filter(there -> there.source().equals(asked.source()))
                .isEmpty()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance has another disk as " + asked.target() + " already");
        }
        return instance;
    }

    private Instance prepared(Instance before, ComputeCommand.RescueInstance command, CommandContext context) {
        if (!(command.disk().source() instanceof DiskSource.OverImage(Content base))) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "only a disk over an image rescues an instance");
        }
        Set<Content> contents = new LinkedHashSet<>(List.of(base));
        if (command.boot() instanceof Boot.FromKernel kernel) {
            contents.add(kernel.kernel());
            kernel.ramdisk().ifPresent(contents::add);
        }
        try (BaseFiles.Hold _ = host.bases().hold(contents)) {
            host.fetch(contents, command.grant(), context);
            context.checkCancelled();
            context.progress(Phase.STARTING, ByteCount.ZERO, ByteCount.ZERO);
            power.change(before, PowerAction.STOP);
            Path directory = before.directory().disk(command.disk().target());
            // Of a rescue that did not come to its end.
            HostFiles.deleteTree(directory);
            LayeredDisk.createOver(
                    directory,
                    host.instances().layers(),
                    command.disk().size(),
                    base,
                    host.instances().layout().baseFile(base));
            List<DiskSpec> disks = new ArrayList<>(before.spec().spec().disks());
            disks.add(command.disk());
            Instance instance = recorded(
                    before.id(),
                    new InstanceRecord(
                            before.spec().spec().withDisks(disks).startedBy(command.boot()),
                            before.machine().with(command.disk()).startedBy(command.boot())));
            LOG.infof("Made a disk to rescue an instance instanceId=%s disk=%s", before.id(), command.disk());
            return instance;
        } finally {
            host.bases().trim();
        }
    }

    private Instance recorded(InstanceId id, InstanceRecord record) {
        host.instances().layout().instance(id).spec().write(record);
        return host.instances().open(id, record);
    }

    public CommandResult handle(ComputeCommand.UnrescueInstance command) {
        host.instances()
                .find(command.instance())
                .filter(instance -> disk(instance, command.disk()).isPresent())
                .ifPresent(instance -> end(instance, command));
        return new CommandResult.Completed();
    }

    private void end(Instance instance, ComputeCommand.UnrescueInstance command) {
        power.change(instance, PowerAction.STOP);
        host.forgetSpanning(instance, command.disk());
        Instance rest = recorded(
                instance.id(),
                new InstanceRecord(
                        instance.spec()
                                .spec()
                                .withDisks(instance.spec().spec().disks().stream()
                                        .filter(disk -> !disk.target().equals(command.disk()))
                                        .toList())
                                .startedBy(command.boot()),
                        instance.machine().without(command.disk()).startedBy(command.boot())));
        host.hypervisor().domains().define(rest.machine(), rest.files());
        HostFiles.deleteTree(instance.directory().disk(command.disk()));
        host.bases().trim();
        LOG.infof("Ended the rescue of an instance instanceId=%s", instance.id());
    }
}
