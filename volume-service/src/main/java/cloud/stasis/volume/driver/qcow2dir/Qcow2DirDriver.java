package cloud.stasis.volume.driver.qcow2dir;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.VolumeDriver;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// Volumes below one directory: `<volume id>/` is a [LayeredDisk], which the agent of the host that has the
/// volume attached opens too. Whoever runs QEMU on it holds QEMU's own lock on the active layer; that lock, not
/// a note of ours, says whether a volume is in use.
public final class Qcow2DirDriver implements VolumeDriver {
    /// The largest volume: what a guest's partition tools and a bitmap of 64 KiB steps cope with easily.
    static final ByteCount MAX_SIZE = ByteCount.ofGib(64L * 1024);

    private final Path directory;
    private final LayerFiles layers;

    public Qcow2DirDriver(Path directory, LayerFiles layers) {
        this.directory = HostFiles.directory(directory);
        this.layers = layers;
    }

    @Override
    public void create(VolumeId volume, ByteCount size) {
        if (size.isZero() || size.compareTo(MAX_SIZE) > 0) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "a volume has between 1 byte and " + MAX_SIZE.gibRoundedUp() + " GiB");
        }
        Path home = home(volume);
        if (LayeredDisk.exists(home)) {
            requireSize(LayeredDisk.open(home, layers), size);
            return;
        }
        LayeredDisk.createBlank(home, layers, size);
    }

    @Override
    public void delete(VolumeId volume) {
        Path home = home(volume);
        if (LayeredDisk.exists(home) && LayeredDisk.open(home, layers).isBeingWritten()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "volume " + volume + " is in use: stop or delete its server first");
        }
        HostFiles.deleteTree(home);
    }

    @Override
    public ByteCount size(VolumeId volume) {
        return LayeredDisk.open(home(volume), layers).size();
    }

    @Override
    public Space space() {
        try {
            FileStore store = Files.getFileStore(directory);
            return new Space(ByteCount.ofBytes(store.getTotalSpace()), ByteCount.ofBytes(store.getUsableSpace()));
        } catch (IOException e) {
            throw HostFiles.failure("ask how much space the volumes have", e);
        }
    }

    private static void requireSize(LayeredDisk existing, ByteCount size) {
        if (!existing.size().equals(size)) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the volume exists with another size");
        }
    }

    private Path home(VolumeId volume) {
        return directory.resolve(volume.toString());
    }
}
