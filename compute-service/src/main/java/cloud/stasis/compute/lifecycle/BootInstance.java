package cloud.stasis.compute.lifecycle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Makes a new instance and starts it.
///
/// ```
///  fetch contents -> make disks -> write spec.json -> power on
///                                  from here on it exists
/// ```
///
/// A failure before or while it starts for the first time leaves nothing. A crash leaves what the next attempt
/// uses: fetched contents, then disks, then the instance.
public final class BootInstance {
    private static final Logger LOG = Logger.getLogger(BootInstance.class);

    private final Host host;
    private final PowerOn powerOn;

    public BootInstance(Host host, PowerOn powerOn) {
        this.host = host;
        this.powerOn = powerOn;
    }

    public CommandResult handle(ComputeCommand.BootInstance command, CommandContext context) {
        Optional<Instance> existing = host.instances().find(command.instance());
        if (existing.isEmpty()) {
            return create(command, context);
        }
        PowerState state = host.state(existing.get());
        if (!Host.isActive(state)) {
            powerOn.boot(existing.get(), ResumeState.RUNNING);
        }
        return new CommandResult.Observed(host.state(existing.get()));
    }

    private CommandResult create(ComputeCommand.BootInstance command, CommandContext context) {
        InstanceId id = command.instance();
        Machine machine = Machine.of(id, command.spec(), host.hypervisor().board());
        requireVolumes(machine);
        Set<Content> contents = contents(command.spec());
        try (BaseFiles.Hold _ = host.bases().hold(contents)) {
            fetch(contents, command, context);
            context.checkCancelled();
            context.progress(Phase.STARTING, ByteCount.ZERO, ByteCount.ZERO);
            Instance instance = make(id, new InstanceRecord(command.spec(), machine));
            powerOn.boot(instance, ResumeState.RUNNING);
            LOG.infof("Booted an instance instanceId=%s", id);
            return new CommandResult.Observed(host.state(instance));
        } catch (StasisException e) {
            if (!e.kind().isRetryable()) {
                undo(id);
            }
            throw e;
        } finally {
            host.bases().trim();
        }
    }

    private void requireVolumes(Machine machine) {
        for (Machine.Disk disk : machine.disks()) {
            if (disk.source() instanceof DiskSource.Volume volume) {
                LayeredDisk attached = LayeredDisk.open(
                        host.instances().layout().volume(volume.volume()),
                        host.instances().layers());
                if (attached.isBeingWritten()) {
                    throw new StasisException(
                            ErrorCode.WRONG_STATE, "volume " + volume.volume() + " is in use: detach it first");
                }
            }
        }
    }

    private static Set<Content> contents(InstanceSpec spec) {
        Set<Content> contents = new LinkedHashSet<>();
        if (spec.boot() instanceof Boot.FromKernel kernel) {
            contents.add(kernel.kernel());
            kernel.ramdisk().ifPresent(contents::add);
        }
        spec.disks().forEach(disk -> {
            if (disk.source() instanceof DiskSource.OverImage over) {
                contents.add(over.base());
            }
        });
        return contents;
    }

    private void fetch(Set<Content> contents, ComputeCommand.BootInstance command, CommandContext context) {
        ContentStore store = host.stores().open(command.grant());
        ByteCount total = contents.stream()
                .filter(content -> !host.bases().has(content))
                .map(Content::size)
                .reduce(ByteCount.ZERO, ByteCount::plus);
        CommandTransfer transfer = new CommandTransfer(context, Phase.FETCHING_IMAGE, total, host.space());
        contents.forEach(content -> host.bases().fetch(content, store, transfer.next()));
    }

    private Instance make(InstanceId id, InstanceRecord spec) {
        InstanceDirectory directory = host.instances().layout().instance(id);
        directory.make();
        for (Machine.Disk disk : spec.machine().disks()) {
            Path path = host.instances().path(id, disk);
            switch (disk.source()) {
                case DiskSource.OverImage over ->
                    LayeredDisk.createOver(
                            path,
                            host.instances().layers(),
                            disk.size(),
                            over.base(),
                            host.instances().layout().baseFile(over.base()));
                case DiskSource.Blank _ ->
                    LayeredDisk.createBlank(path, host.instances().layers(), disk.size());
                case DiskSource.Volume _ -> {}
            }
        }
        directory.spec().write(spec);
        return host.instances().open(id, spec);
    }

    private void undo(InstanceId id) {
        host.hypervisor().domains().remove(id);
        host.instances().layout().instance(id).delete();
    }
}
