package cloud.stasis.volume.driver.home;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.VolumeDriver.Space;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Volumes below one directory: `<volume id>/` is a [LayeredDisk], which the agent of the host that has the
/// volume attached opens too. Whoever runs QEMU on it holds QEMU's own lock on the active layer; that lock, not
/// a note of ours, says whether a volume is in use.
public final class VolumeHomes {
    /// The largest volume: what a guest's partition tools and a bitmap of 64 KiB steps cope with easily.
    private static final ByteCount MAX_SIZE = ByteCount.ofGib(64L * 1024);

    private final Path directory;
    private final LayerFiles layers;

    public VolumeHomes(Path directory, LayerFiles layers) {
        this.directory = HostFiles.directory(directory);
        this.layers = layers;
    }

    public Path of(VolumeId volume) {
        return directory.resolve(volume.toString());
    }

    /// Where a volume is that is not whole yet.
    public Path draft(VolumeId volume) {
        return directory.resolve(volume + ".draft");
    }

    public boolean exists(VolumeId volume) {
        return LayeredDisk.exists(of(volume));
    }

    /// @throws StasisException `VOLUME_NOT_FOUND`
    public LayeredDisk open(VolumeId volume) {
        return LayeredDisk.open(of(volume), layers);
    }

    /// Without the files of layers that a crash left.
    ///
    /// @throws StasisException `VOLUME_NOT_FOUND`; `WRONG_STATE` while anything writes to it
    public LayeredDisk atRest(VolumeId volume) {
        LayeredDisk disk = open(volume);
        if (disk.isBeingWritten()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "volume " + volume + " is in use: stop or delete its server first");
        }
        disk.sweep();
        return disk;
    }

    /// Whether there is the volume that a command was to make: then it came before.
    ///
    /// @throws StasisException `WRONG_STATE` if it has another size
    public boolean isMade(VolumeId volume, ByteCount size) {
        requirePossible(size);
        if (!exists(volume)) {
            return false;
        }
        if (!open(volume).size().equals(size)) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the volume exists with another size");
        }
        return true;
    }

    /// @throws StasisException `INVALID_REQUEST` for a size that no volume has
    public static void requirePossible(ByteCount size) {
        if (size.isZero() || size.compareTo(MAX_SIZE) > 0) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "a volume has between 1 byte and " + MAX_SIZE.gibRoundedUp() + " GiB");
        }
    }

    /// Puts a draft that is whole where the volume is to be.
    public void settle(VolumeId volume) {
        try {
            Files.move(draft(volume), of(volume), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw HostFiles.failure("put a volume into its place", e);
        }
    }

    public void delete(VolumeId volume) {
        if (exists(volume)) {
            atRest(volume);
        }
        HostFiles.deleteTree(of(volume));
        HostFiles.deleteTree(draft(volume));
    }

    public Space space() {
        try {
            FileStore store = Files.getFileStore(directory);
            return new Space(ByteCount.ofBytes(store.getTotalSpace()), ByteCount.ofBytes(store.getUsableSpace()));
        } catch (IOException e) {
            throw HostFiles.failure("ask how much space the volumes have", e);
        }
    }
}
