package cloud.stasis.compute.power;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.instance.ResizeRecord;
import cloud.stasis.compute.layers.Folds;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Gives an instance another size, and its former one again.
///
/// ```
///  resize    stop ─ resize.json says what it had ─ each own disk goes on in a new layer ─ spec.json has the new size
///  confirm   layers released ─ resize.json goes
///  revert    stop ─ each own disk goes on in a new layer on the kept one ─ spec.json has the former size ─ confirm
/// ```
///
/// Layers are kept as those of a snapshot are, but there is none: nothing is uploaded or seen. Each step finds out
/// what was done before, so that any of these may be interrupted and come again.
public final class Resize {
    private static final Logger LOG = Logger.getLogger(Resize.class);

    private final Host host;
    private final Power power;
    private final Folds folds;

    public Resize(Host host, Power power, Folds folds) {
        this.host = host;
        this.power = power;
        this.folds = folds;
    }

    public CommandResult handle(ComputeCommand.ResizeInstance command) {
        Instance instance = host.instances().open(command.instance());
        Optional<ResizeRecord> begun = instance.directory().resize().read();
        // Of a resize that nobody will confirm any more.
        begun.filter(other -> !other.kept().equals(command.kept())).ifPresent(other -> letGo(instance, other.kept()));
        power.change(instance, PowerAction.STOP);
        ResizeRecord record = begun.filter(known -> known.kept().equals(command.kept()))
                .orElseGet(() -> begin(instance, command.kept()));
        instance.spec().machine().disks().forEach(disk -> forget(instance, disk.target()));
        instance.ownDisks().stream()
                .filter(disk -> !disk.holders().contains(command.kept()))
                .forEach(disk -> goOn(
                        disk,
                        sizeIn(instance, disk, record.former()),
                        sizeIn(instance, disk, command.size()),
                        command.kept()));
        define(instance, instance.spec().sized(command.size()));
        LOG.infof("Resized an instance instanceId=%s size=%s", command.instance(), command.size());
        return new CommandResult.Observed(host.state(instance));
    }

    private static ResizeRecord begin(Instance instance, SnapshotId kept) {
        ResizeRecord record = new ResizeRecord(kept, instance.spec().spec().size());
        instance.directory().resize().write(record);
        return record;
    }

    /// No layer is frozen with the record of a checkpoint inside.
    private void forget(Instance instance, DeviceName target) {
        host.forgetSpanning(instance, target);
        host.hypervisor().history().wipe(instance.disk(target).activeFile());
    }

    /// Only its root disk gets another size.
    private static ByteCount sizeIn(Instance instance, LayeredDisk disk, Size size) {
        LayeredDisk first = instance.disk(instance.machine().targets().getFirst());
        return size.root().filter(_ -> disk == first).orElse(disk.size());
    }

    /// @param former what the active layer has; the disk may have been told of its next size before
    private static void goOn(LayeredDisk disk, ByteCount former, ByteCount size, SnapshotId kept) {
        disk.prepareOn(disk.active(), size);
        // If what is below has another size the two are not equal.
        disk.commit(size.equals(former) ? LayeredDisk.Use.AT_REST : LayeredDisk.Use.BEING_WRITTEN, kept);
    }

    private void define(Instance before, InstanceRecord record) {
        before.directory().spec().write(record);
        Instance instance = host.instances().open(before.id(), record);
        host.hypervisor().domains().define(instance.machine(), instance.files());
    }

    public CommandResult handle(ComputeCommand.ConfirmResize command) {
        host.instances()
                .find(command.instance())
                .filter(instance -> isKept(instance, command.kept()))
                .ifPresent(instance -> letGo(instance, command.kept()));
        return new CommandResult.Completed();
    }

    private static boolean isKept(Instance instance, SnapshotId kept) {
        return instance.directory()
                .resize()
                .read()
                .filter(record -> record.kept().equals(kept))
                .isPresent();
    }

    private void letGo(Instance instance, SnapshotId kept) {
        instance.ownDisks().forEach(disk -> disk.release(kept));
        instance.directory().resize().delete();
        folds.want(instance.id());
    }

    public CommandResult handle(ComputeCommand.RevertResize command) {
        Optional<Instance> found = host.instances().find(command.instance());
        found.ifPresent(instance -> instance.directory()
                .resize()
                .read()
                .filter(record -> record.kept().equals(command.kept()))
                .ifPresent(record -> revert(instance, record)));
        return new CommandResult.Observed(found.map(host::state).orElse(PowerState.STOPPED));
    }

    private void revert(Instance instance, ResizeRecord record) {
        power.change(instance, PowerAction.STOP);
        instance.spec().machine().disks().forEach(disk -> forget(instance, disk.target()));
        List<LayeredDisk> own = instance.ownDisks();
        own.forEach(disk -> goBack(disk, sizeIn(instance, disk, record.former()), record.kept()));
        define(instance, instance.spec().sized(record.former()).anotherGeneration());
        letGo(instance, record.kept());
        host.bases().trim();
        LOG.infof("Reverted the resize of an instance instanceId=%s size=%s", instance.id(), record.former());
    }

    private static void goBack(LayeredDisk disk, ByteCount size, SnapshotId kept) {
        if (!disk.holders().contains(kept)) {
            // It never went on, or is back already.
            disk.abandon();
            disk.sized(size);
            return;
        }
        LayerNumber frozen = disk.heldBy(kept)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.SNAPSHOT_NOT_FOUND, "a file of what was kept of a disk was changed or is gone"));
        disk.prepareOn(frozen, size);
        disk.commit(LayeredDisk.Use.AT_REST);
    }
}
