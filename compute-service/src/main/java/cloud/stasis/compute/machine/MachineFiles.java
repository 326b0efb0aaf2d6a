package cloud.stasis.compute.machine;

import cloud.stasis.disks.NbdExport;
import cloud.stasis.model.DeviceName;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Where the parts of a machine are on this host.
///
/// @param directory of the instance; stands in the domain's metadata, so that an agent knows its own
/// @param disks the active layer of each disk
/// @param ram how its RAM is kept, if others than QEMU are to see it
/// @param media what lies in its drives
/// @param streams where disks read the content that they stand on while its file is not here yet
public record MachineFiles(
        Path directory,
        Map<DeviceName, Path> disks,
        Optional<Path> kernel,
        Optional<Path> ramdisk,
        Path console,
        Optional<Ram> ram,
        Map<DeviceName, Path> media,
        Map<DeviceName, NbdExport> streams) {
    public MachineFiles {
        disks = Map.copyOf(disks);
        media = Map.copyOf(media);
        streams = Map.copyOf(streams);
    }

    /// With empty drives.
    public MachineFiles(
            Path directory,
            Map<DeviceName, Path> disks,
            Optional<Path> kernel,
            Optional<Path> ramdisk,
            Path console,
            Optional<Ram> ram) {
        this(directory, disks, kernel, ramdisk, console, ram, Map.of(), Map.of());
    }

    public MachineFiles withRam(Path file) {
        return with(new Ram.InFile(file));
    }

    public MachineFiles with(Ram other) {
        return new MachineFiles(directory, disks, kernel, ramdisk, console, Optional.of(other), media, streams);
    }

    public MachineFiles withDisks(Map<DeviceName, Path> other) {
        return new MachineFiles(directory, other, kernel, ramdisk, console, ram, media, streams);
    }

    public MachineFiles withStreams(Map<DeviceName, NbdExport> other) {
        return new MachineFiles(directory, disks, kernel, ramdisk, console, ram, media, other);
    }

    /// The file that is its RAM, if it is one.
    public Optional<Path> ramFile() {
        return ram.filter(Ram.InFile.class::isInstance)
                .map(Ram.InFile.class::cast)
                .map(Ram.InFile::file);
    }

    /// The active layer of one of the machine's disks.
    public Path layer(DeviceName target) {
        return Objects.requireNonNull(disks.get(target), "a disk of the machine has no layer");
    }
}
