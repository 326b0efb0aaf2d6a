package cloud.stasis.compute.instance;

import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.PackedFile;
import cloud.stasis.machine.Platform;
import cloud.stasis.machine.Tpm;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// One instance with its disks open for our bookkeeping (not its files for input and output).
///
/// @param disks by their targets, in order
public record Instance(
        InstanceId id,
        InstanceDirectory directory,
        HostLayout layout,
        InstanceRecord spec,
        SortedMap<DeviceName, LayeredDisk> disks) {

    public Machine machine() {
        return spec.machine();
    }

    /// The machine with what its devices keep now: the variables of its firmware, the state of its TPM.
    public Machine archived() {
        Machine machine = machine();
        if (machine.uefi().isPresent()) {
            machine = machine.with(new Machine.Uefi(PackedFile.read(directory.nvram())));
        }
        if (tpm(machine).isPresent()) {
            machine = withTpm(machine, PackedFile.read(directory.tpmState()));
        }
        return machine;
    }

    /// Gives its devices what those of an archived machine kept, or what new ones know. The machine is off.
    ///
    /// @return the record of the machine; what its devices keep is in their files from now on
    public static InstanceRecord settled(InstanceDirectory directory, InstanceRecord archived) {
        Machine machine = archived.machine();
        if (machine.uefi().isPresent()) {
            HostFiles.delete(directory.nvram());
            machine.uefi().flatMap(Machine.Uefi::variables).ifPresent(known -> known.write(directory.nvram()));
            machine = machine.with(Machine.Uefi.FRESH);
        }
        Optional<Tpm> tpm = tpm(machine);
        if (tpm.isPresent()) {
            // Without its directory it gets new keys when it is first on.
            HostFiles.deleteTree(directory.tpm());
            tpm.get().state().ifPresent(known -> {
                directory.makeTpm();
                known.write(directory.tpmState());
            });
            machine = withTpm(machine, Optional.empty());
        }
        return new InstanceRecord(archived.spec(), machine);
    }

    private static Optional<Tpm> tpm(Machine machine) {
        return machine.platform().flatMap(Platform::tpm);
    }

    private static Machine withTpm(Machine machine, Optional<PackedFile> state) {
        Platform board = machine.platform().orElseThrow();
        return machine.with(board.withTpm(board.tpm().map(tpm -> new Tpm(tpm.model(), state))));
    }

    public LayeredDisk disk(DeviceName target) {
        LayeredDisk disk = disks.get(target);
        if (disk == null) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the instance has no disk " + target);
        }
        return disk;
    }

    /// Which of its disks a volume is.
    ///
    /// @throws StasisException `VOLUME_NOT_FOUND` if it does not have it
    public Machine.Disk diskOf(VolumeId volume) {
        return machine().disks().stream()
                .filter(disk -> disk.source().equals(new DiskSource.Volume(volume)))
                .findFirst()
                .orElseThrow(() ->
                        new StasisException(ErrorCode.VOLUME_NOT_FOUND, "the instance does not have volume " + volume));
    }

    /// The disks that are no volumes.
    public List<LayeredDisk> ownDisks() {
        return machine().disks().stream()
                .filter(disk -> !(disk.source() instanceof DiskSource.Volume))
                .map(disk -> disk(disk.target()))
                .toList();
    }

    /// Where its parts are, with the layers that are active now and without a file for its RAM.
    public MachineFiles files() {
        return files(LayeredDisk::activeFile);
    }

    private MachineFiles files(Function<LayeredDisk, Path> layer) {
        Map<DeviceName, Path> active = new TreeMap<>();
        disks.forEach((target, disk) -> active.put(target, layer.apply(disk)));
        Optional<Path> kernel = Optional.empty();
        Optional<Path> ramdisk = Optional.empty();
        if (machine().boot() instanceof Boot.FromKernel boot) {
            kernel = Optional.of(layout.baseFile(boot.kernel()));
            ramdisk = boot.ramdisk().map((Content content) -> layout.baseFile(content));
        }
        Map<DeviceName, Path> media = new TreeMap<>();
        machine().drives().forEach(drive -> drive.medium()
                .ifPresent(medium -> media.put(drive.target(), layout.baseFile(medium.content()))));
        return new MachineFiles(
                directory.path(), active, kernel, ramdisk, directory.console(), Optional.empty(), media, Map.of());
    }

    /// What this host keeps of a snapshot goes: first what makes it a snapshot, then the layers that only it
    /// needs.
    public void discard(SnapshotId snapshot) {
        directory.snapshot(snapshot).delete();
        disks.values().forEach(disk -> disk.release(snapshot));
    }

    public Lineage lineage() {
        return directory.lineage().read().orElse(Lineage.EMPTY);
    }

    public void store(Lineage lineage) {
        directory.lineage().write(lineage);
    }

    public void begin(Intent intent) {
        directory.intent().write(new IntentRecord(intent));
    }

    public void end() {
        directory.intent().delete();
    }

    /// Whether nothing that was begun is half done; a revert that was interrupted is its command's.
    public boolean isAtRest() {
        return directory
                        .intent()
                        .read()
                        .filter(record -> !(record.intent() instanceof Intent.Reverting))
                        .isEmpty()
                && Files.notExists(directory.resuming())
                && disks.values().stream().allMatch(disk -> disk.prepared().isEmpty());
    }

    /// The same, unless something else is being done by now.
    public void end(Intent intent) {
        if (directory.intent().read().equals(Optional.of(new IntentRecord(intent)))) {
            end();
        }
    }
}
