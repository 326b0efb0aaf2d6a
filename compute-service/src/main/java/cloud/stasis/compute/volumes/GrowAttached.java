package cloud.stasis.compute.volumes;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.util.List;
import org.jboss.logging.Logger;

/// Makes a volume that an instance has larger.
///
/// ```
///  on    QEMU makes the active layer larger and tells the guest ─ disk.json says so ─ spec.json says so
///  off   a new layer of that size ─ spec.json says so
/// ```
///
/// Snapshots keep their sizes. A command that comes again does again what it can find no trace of, which does no
/// harm.
public final class GrowAttached {
    private static final Logger LOG = Logger.getLogger(GrowAttached.class);

    private final Host host;

    public GrowAttached(Host host) {
        this.host = host;
    }

    public CommandResult handle(ComputeCommand.GrowAttached command) {
        Instance instance = host.instances().open(command.instance());
        Machine.Disk disk = instance.diskOf(command.volume());
        LayeredDisk opened = instance.disk(disk.target());
        ByteCount size = command.size();
        if (size.compareTo(opened.size()) < 0) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a volume does not become smaller");
        }
        PowerState state = host.state(instance);
        if (state == PowerState.SUSPENDED) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance is suspended: resume it before a volume of it grows");
        }
        if (Host.isActive(state)) {
            host.hypervisor().liveDisks().grow(instance.id(), disk.target(), size);
            opened.grown(size);
        } else {
            host.hypervisor().history().wipe(opened.activeFile());
            opened.grow(size);
        }
        record(instance, disk.target(), size);
        LOG.infof(
                "Made a volume larger instanceId=%s volumeId=%s bytes=%d state=%s",
                instance.id(), command.volume(), size.bytes(), state);
        return new CommandResult.Completed();
    }

    private static void record(Instance instance, DeviceName target, ByteCount size) {
        InstanceSpec spec = instance.spec().spec();
        List<DiskSpec> disks = spec.disks().stream()
                .map(disk -> disk.target().equals(target) ? new DiskSpec(target, size, disk.source()) : disk)
                .toList();
        instance.directory().spec().write(new InstanceRecord(spec.withDisks(disks), instance.machine()));
    }
}
