package cloud.stasis.compute.volumes;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import org.jboss.logging.Logger;

/// Takes a volume from an instance.
///
/// ```
///  checkpoints   those that span the disk are forgotten
///  on            the guest is asked, again and again, until it lets the disk go or the deadline passes
///  definition    no longer names the disk
///  volume        forgets the instance's snapshots and records
///  record        nor does spec.json: last, so that all of it comes again until it is done
/// ```
///
/// The other disks of a forgotten checkpoint have no known point any more: the next capture reads them whole
/// once.
public final class DetachVolume {
    private static final Logger LOG = Logger.getLogger(DetachVolume.class);

    private final Host host;
    private final HotPlug plug;

    public DetachVolume(Host host) {
        this.host = host;
        this.plug = new HotPlug(host);
    }

    public CommandResult handle(ComputeCommand.DetachVolume command) {
        host.instances().find(command.instance()).ifPresent(instance -> instance.machine().disks().stream()
                .filter(disk -> disk.source().equals(new DiskSource.Volume(command.volume())))
                .findFirst()
                .ifPresent(disk -> detach(instance, disk, command.volume())));
        return new CommandResult.Completed();
    }

    private void detach(Instance instance, Machine.Disk disk, VolumeId volume) {
        PowerState state = host.state(instance);
        if (state == PowerState.SUSPENDED) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance is suspended: resume it before a volume is taken from it");
        }
        if (disk.equals(instance.machine().disks().getFirst())) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the root disk of an instance is not detached");
        }
        host.forgetSpanning(instance, disk.target());
        LayeredDisk opened = instance.disk(disk.target());
        if (Host.isActive(state)) {
            plug.out(instance, disk, opened);
        }
        InstanceRecord record = without(instance, disk.target());
        Instance rest = host.instances().open(instance.id(), record);
        host.hypervisor()
                .domains()
                .find(rest.id())
                .filter(domain -> !domain.isActive())
                .ifPresent(domain -> host.hypervisor().domains().define(rest.machine(), rest.files()));
        for (SnapshotId snapshot : instance.directory().snapshots()) {
            opened.release(snapshot);
        }
        host.hypervisor().history().wipe(opened.activeFile());
        instance.directory().spec().write(record);
        LOG.infof("Detached a volume instanceId=%s volumeId=%s disk=%s", instance.id(), volume, disk.target());
    }

    private static InstanceRecord without(Instance instance, DeviceName target) {
        InstanceSpec spec = instance.spec().spec();
        return new InstanceRecord(
                spec.withDisks(spec.disks().stream()
                        .filter(disk -> !disk.target().equals(target))
                        .toList()),
                instance.machine().without(target));
    }
}
