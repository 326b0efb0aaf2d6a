package cloud.stasis.volume.driver.qcow2dir;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.LayerFold;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.Program;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.Copying;
import cloud.stasis.volume.driver.Exporting;
import cloud.stasis.volume.driver.Filling;
import cloud.stasis.volume.driver.Growing;
import cloud.stasis.volume.driver.Snapshotting;
import cloud.stasis.volume.driver.VolumeDriver;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Volumes below one directory: `<volume id>/` is a [LayeredDisk], which the agent of the host that has the
/// volume attached opens too. Whoever runs QEMU on it holds QEMU's own lock on the active layer; that lock, not
/// a note of ours, says whether a volume is in use.
public final class Qcow2DirDriver implements VolumeDriver, Copying, Growing, Snapshotting, Filling, Exporting {
    /// The largest volume: what a guest's partition tools and a bitmap of 64 KiB steps cope with easily.
    static final ByteCount MAX_SIZE = ByteCount.ofGib(64L * 1024);

    /// A copy of the largest volume at the rate of a slow disk.
    private static final Duration COPY_DEADLINE = Duration.ofHours(12);

    /// What the names of contents end with, beside the layers that stand on them.
    private static final String RAW = ".raw";

    private final Path directory;
    private final LayerFiles layers;

    public Qcow2DirDriver(Path directory, LayerFiles layers) {
        this.directory = HostFiles.directory(directory);
        this.layers = layers;
    }

    @Override
    public void create(VolumeId volume, ByteCount size) {
        requirePossible(size);
        Path home = home(volume);
        if (LayeredDisk.exists(home)) {
            requireSize(LayeredDisk.open(home, layers), size);
            return;
        }
        LayeredDisk.createBlank(home, layers, size);
    }

    @Override
    public void delete(VolumeId volume) {
        if (LayeredDisk.exists(home(volume))) {
            atRest(volume);
        }
        HostFiles.deleteTree(home(volume));
        HostFiles.deleteTree(draft(volume));
    }

    /// A copy of what the source's layers show, beside the place where it will stand, and moved there when it is
    /// whole.
    @Override
    public void copy(VolumeId volume, ByteCount size, VolumeId source, Optional<SnapshotId> snapshot) {
        requirePossible(size);
        Path home = home(volume);
        if (LayeredDisk.exists(home)) {
            requireSize(LayeredDisk.open(home, layers), size);
            return;
        }
        LayeredDisk from = snapshot.isPresent() ? open(source) : atRest(source);
        Path shown = snapshot.map(id -> from.file(held(from, id))).orElseGet(from::activeFile);
        if (size.compareTo(from.size()) < 0 && snapshot.isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a copy is not smaller than what it is a copy of");
        }
        HostFiles.deleteTree(draft(volume));
        LayeredDisk made = LayeredDisk.createBlank(draft(volume), layers, size);
        made.willBeWritten();
        Program.run(
                COPY_DEADLINE,
                List.of(
                        "qemu-img",
                        "convert",
                        "-q",
                        "-n",
                        "--target-is-zero",
                        "-f",
                        "qcow2",
                        "-O",
                        "qcow2",
                        shown.toString(),
                        made.activeFile().toString()));
        try {
            Files.move(draft(volume), home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw HostFiles.failure("put a copy of a volume into its place", e);
        }
    }

    /// The content stands in a raw file beside the layers, below all of them: nothing is converted, and what is
    /// written later is told apart from it by where the layers hold anything.
    @Override
    public void fill(VolumeId volume, ByteCount size, Content content, Download download) {
        requirePossible(size);
        Path home = HostFiles.directory(home(volume));
        Path raw = home.resolve(content.index() + RAW);
        if (LayeredDisk.exists(home)) {
            requireSize(atRest(volume), size);
        }
        download.into(raw);
        HostFiles.readOnly(raw);
        if (LayeredDisk.exists(home)) {
            LayeredDisk disk = atRest(volume);
            disk.prepareOn(content, raw);
            disk.commit(LayeredDisk.Use.AT_REST);
        } else {
            LayeredDisk.createOver(home, layers, size, content, raw);
        }
        dropUnneeded(home);
    }

    private void dropUnneeded(Path home) {
        Set<String> needed = LayeredDisk.open(home, layers).grounds().stream()
                .map(index -> index + RAW)
                .collect(Collectors.toSet());
        for (Path file : HostFiles.list(home)) {
            String name = file.getFileName().toString();
            if (name.endsWith(RAW) && !needed.contains(name)) {
                HostFiles.delete(file);
            }
        }
    }

    @Override
    public Export export(VolumeId volume, Optional<SnapshotId> snapshot) {
        LayeredDisk disk = snapshot.isPresent() ? open(volume) : atRest(volume);
        LayerNumber layer = snapshot.map(id -> held(disk, id)).orElseGet(disk::active);
        return LayerExport.of(disk, layer);
    }

    /// What a volume holds becomes a layer that is known, so that the next export reads what is written above it.
    @Override
    public void stored(VolumeId volume, Optional<SnapshotId> snapshot, Content content, Version version) {
        if (!LayeredDisk.exists(home(volume)) || open(volume).isBeingWritten()) {
            return;
        }
        LayeredDisk disk = open(volume);
        if (snapshot.isPresent()) {
            disk.heldBy(snapshot.get()).ifPresent(layer -> disk.name(layer, content));
        } else if (disk.openings() == version.value() && disk.atRest().isEmpty()) {
            disk.rests(content, version.value());
            disk.prepare();
            disk.commit(LayeredDisk.Use.AT_REST);
        }
        fold(disk);
    }

    /// Layers that no snapshot shows become one, as far as that goes.
    private void fold(LayeredDisk disk) {
        for (Optional<LayerFold> next = disk.foldable(); next.isPresent(); next = disk.foldable()) {
            layers.fold(next.get());
            disk.folded();
        }
    }

    @Override
    public void grow(VolumeId volume, ByteCount size) {
        requirePossible(size);
        atRest(volume).grow(size);
    }

    @Override
    public void snapshot(VolumeId volume, SnapshotId snapshot) {
        LayeredDisk disk = open(volume);
        if (disk.holders().contains(snapshot)) {
            return;
        }
        atRest(volume);
        LayerNumber frozen = disk.active();
        disk.prepare();
        disk.commit(LayeredDisk.Use.AT_REST);
        disk.hold(frozen, snapshot);
    }

    @Override
    public void drop(VolumeId volume, SnapshotId snapshot) {
        if (LayeredDisk.exists(home(volume))) {
            LayeredDisk disk = open(volume);
            disk.release(snapshot);
            if (!disk.isBeingWritten()) {
                fold(disk);
            }
        }
    }

    @Override
    public void revert(VolumeId volume, SnapshotId snapshot) {
        LayeredDisk disk = atRest(volume);
        disk.prepareOn(held(disk, snapshot));
        disk.commit(LayeredDisk.Use.AT_REST);
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

    private LayeredDisk open(VolumeId volume) {
        return LayeredDisk.open(home(volume), layers);
    }

    private LayeredDisk atRest(VolumeId volume) {
        LayeredDisk disk = open(volume);
        if (disk.isBeingWritten()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "volume " + volume + " is in use: stop or delete its server first");
        }
        return disk;
    }

    private static LayerNumber held(LayeredDisk disk, SnapshotId snapshot) {
        return disk.heldBy(snapshot)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.SNAPSHOT_NOT_FOUND,
                        "snapshot " + snapshot + " is not there, or a file of it was changed behind our back"));
    }

    private static void requirePossible(ByteCount size) {
        if (size.isZero() || size.compareTo(MAX_SIZE) > 0) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "a volume has between 1 byte and " + MAX_SIZE.gibRoundedUp() + " GiB");
        }
    }

    private static void requireSize(LayeredDisk existing, ByteCount size) {
        if (!existing.size().equals(size)) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the volume exists with another size");
        }
    }

    /// Where a volume is that is not whole yet.
    private Path draft(VolumeId volume) {
        return directory.resolve(volume + ".draft");
    }

    private Path home(VolumeId volume) {
        return directory.resolve(volume.toString());
    }
}
