package cloud.stasis.compute.volumes;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import org.jboss.logging.Logger;

/// Lets a volume that an instance has go back to any snapshot of it.
///
/// ```
///  off   a new layer on the one that the snapshot holds
///  on    the guest lets the disk go ─ the same ─ it gets the disk again, in its place and with its serial
/// ```
///
/// A guest's caches and file systems must not survive what is below them, so it cannot be spared the detachment. A
/// command that comes again goes on where it was: the record names the disk all the while.
public final class RevertAttached {
    private static final Logger LOG = Logger.getLogger(RevertAttached.class);

    private final Host host;
    private final HotPlug plug;

    public RevertAttached(Host host) {
        this.host = host;
        this.plug = new HotPlug(host);
    }

    public CommandResult handle(ComputeCommand.RevertAttached command) {
        Instance instance = host.instances().open(command.instance());
        Machine.Disk disk = instance.diskOf(command.volume());
        LayeredDisk opened = instance.disk(disk.target());
        LayerNumber frozen = opened.heldBy(command.snapshot())
                .orElseThrow(() -> new StasisException(
                        ErrorCode.SNAPSHOT_NOT_FOUND,
                        "snapshot " + command.snapshot() + " is not there, or a file of it was changed"));
        PowerState state = host.state(instance);
        boolean runs = Host.isActive(state);
        if (state == PowerState.SUSPENDED || state == PowerState.PAUSED || runs && isRoot(instance, disk)) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance is " + state + ": stop it before this volume is reverted");
        }
        if (runs) {
            host.forgetSpanning(instance, disk.target());
            plug.out(instance, disk, opened);
        }
        opened.prepareOn(frozen);
        opened.commit(LayeredDisk.Use.AT_REST);
        if (runs) {
            plug.in(instance, disk.target());
        }
        LOG.infof(
                "Reverted a volume instanceId=%s volumeId=%s snapshotId=%s state=%s",
                instance.id(), command.volume(), command.snapshot(), state);
        return new CommandResult.Completed();
    }

    private static boolean isRoot(Instance instance, Machine.Disk disk) {
        return disk.equals(instance.machine().disks().getFirst());
    }
}
