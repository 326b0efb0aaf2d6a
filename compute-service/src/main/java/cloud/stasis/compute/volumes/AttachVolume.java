package cloud.stasis.compute.volumes;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Gives an instance a volume.
///
/// ```
///  record    spec.json names the disk
///  on        the volume counts as written from now on; the machine gets it
///  off       the next power-on gives it
/// ```
///
/// The disk sits where its name says, with the volume's id as its serial: the guest finds it again whatever
/// else comes and goes. If the machine does not take it the record is as it was.
public final class AttachVolume {
    private static final Logger LOG = Logger.getLogger(AttachVolume.class);

    private final Host host;
    private final HotPlug plug;

    public AttachVolume(Host host) {
        this.host = host;
        this.plug = new HotPlug(host);
    }

    public CommandResult handle(ComputeCommand.AttachVolume command) {
        Instance before = host.instances().open(command.instance());
        VolumeId volume = volume(command.disk());
        PowerState state = host.state(before);
        if (state == PowerState.SUSPENDED) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance is suspended: resume it before it gets a volume");
        }
        Instance instance = recorded(before, command.disk(), volume);
        DeviceName target = command.disk().target();
        if (Host.isActive(state) && !plug.isIn(instance, target)) {
            try {
                plug.in(instance, target);
            } catch (StasisException e) {
                if (!e.kind().isRetryable()) {
                    instance.directory().spec().write(before.spec());
                }
                throw e;
            }
        }
        LOG.infof("Attached a volume instanceId=%s volumeId=%s disk=%s", instance.id(), volume, target);
        return new CommandResult.Completed();
    }

    private static VolumeId volume(DiskSpec disk) {
        if (disk.source() instanceof DiskSource.Volume(VolumeId volume)) {
            return volume;
        }
        throw new StasisException(ErrorCode.INVALID_REQUEST, "only a volume can be attached");
    }

    /// The instance with the disk in its record.
    private Instance recorded(Instance instance, DiskSpec disk, VolumeId volume) {
        Optional<Machine.Disk> there = instance.machine().disks().stream()
                .filter(known -> known.target().equals(disk.target()))
                .findFirst();
        if (there.isPresent()) {
            if (there.get().source().equals(disk.source())) {
                return instance;
            }
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance has another disk as " + disk.target() + " already");
        }
        LayeredDisk opened = LayeredDisk.open(
                host.instances().layout().volume(volume), host.instances().layers());
        if (opened.isBeingWritten()) {
            throw new StasisException(ErrorCode.WRONG_STATE, "volume " + volume + " is in use: detach it first");
        }
        InstanceRecord record = new InstanceRecord(
                with(instance.spec().spec(), disk), instance.machine().with(disk));
        instance.directory().spec().write(record);
        return host.instances().open(instance.id(), record);
    }

    private static InstanceSpec with(InstanceSpec spec, DiskSpec disk) {
        List<DiskSpec> disks = new ArrayList<>(spec.disks());
        disks.add(disk);
        disks.sort(Comparator.comparing(DiskSpec::target));
        return spec.withDisks(disks);
    }
}
