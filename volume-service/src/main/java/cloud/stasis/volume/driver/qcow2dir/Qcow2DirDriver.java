package cloud.stasis.volume.driver.qcow2dir;

import cloud.stasis.disks.Backing;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.LayerFold;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.LayeredDisk.Folding;
import cloud.stasis.disks.Program;
import cloud.stasis.messages.LooseFile;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.Adopting;
import cloud.stasis.volume.driver.Copying;
import cloud.stasis.volume.driver.Exporting;
import cloud.stasis.volume.driver.Filling;
import cloud.stasis.volume.driver.Growing;
import cloud.stasis.volume.driver.Snapshotting;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.home.Adoption;
import cloud.stasis.volume.driver.home.Adoption.Form;
import cloud.stasis.volume.driver.home.VolumeHomes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// Volumes as trees of qcow2 layers. Snapshots are frozen layers, copies share frozen layers with their source.
public final class Qcow2DirDriver
        implements VolumeDriver, Copying, Growing, Snapshotting, Filling, Exporting, Adopting {
    private static final Logger LOG = Logger.getLogger(Qcow2DirDriver.class);

    /// A copy of the largest volume at the rate of a slow disk.
    private static final Duration COPY_DEADLINE = Duration.ofHours(12);

    /// What stands below a volume that was made of a raw file.
    private static final String ADOPTED = "adopted" + LayeredDisk.RAW;

    private final VolumeHomes homes;
    private final Adoption adoption;
    private final LayerFiles layers;

    public Qcow2DirDriver(Path directory, LayerFiles layers) {
        this.homes = new VolumeHomes(directory, layers);
        this.adoption = new Adoption(directory, homes);
        this.layers = layers;
    }

    @Override
    public void create(VolumeId volume, ByteCount size) {
        if (!homes.isMade(volume, size)) {
            LayeredDisk.createBlank(homes.of(volume), layers, size);
        }
    }

    @Override
    public void delete(VolumeId volume) {
        homes.delete(volume);
    }

    /// A copy shares the frozen layers of its source, where that is possible; else it is written anew. Either
    /// is made beside the place where it will stand, and moved there when it is whole.
    @Override
    public void copy(VolumeId volume, ByteCount size, VolumeId source, Optional<SnapshotId> snapshot) {
        if (homes.isMade(volume, size)) {
            return;
        }
        LayeredDisk from = snapshot.isPresent() ? homes.open(source) : homes.atRest(source);
        if (size.compareTo(from.size()) < 0 && snapshot.isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a copy is not smaller than what it is a copy of");
        }
        Path draft = homes.draft(volume);
        HostFiles.deleteTree(draft);
        LayerNumber shown = snapshot.map(id -> held(from, id)).orElseGet(() -> frozen(from));
        if (from.linkTo(draft, shown, size).isEmpty()) {
            write(from.file(shown), draft, size);
        }
        homes.settle(volume);
    }

    /// A layer that shows what the disk does, and is not written any more. If a crash came in between it is there.
    private static LayerNumber frozen(LayeredDisk disk) {
        return disk.emptyOn().orElseGet(() -> {
            LayerNumber written = disk.active();
            disk.prepare();
            disk.commit(LayeredDisk.Use.AT_REST);
            return written;
        });
    }

    private void write(Path shown, Path draft, ByteCount size) {
        LayeredDisk made = LayeredDisk.createBlank(draft, layers, size);
        made.willBeWritten();
        convert(shown, made.activeFile());
    }

    /// @param into a layer that is empty
    private static void convert(Path shown, Path into) {
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
                        into.toString()));
    }

    /// The content stands in a raw file beside the layers, below all of them: nothing is converted, and what is
    /// written later is told apart from it by where the layers hold anything.
    @Override
    public void fill(VolumeId volume, ByteCount size, Content content, Download download) {
        boolean isThere = homes.isMade(volume, size);
        if (isThere) {
            homes.atRest(volume);
        }
        Path home = HostFiles.directory(homes.of(volume));
        Path raw = home.resolve(content.index() + LayeredDisk.RAW);
        download.into(raw);
        HostFiles.readOnly(raw);
        if (isThere) {
            LayeredDisk disk = homes.atRest(volume);
            disk.prepareOn(content, raw);
            disk.commit(LayeredDisk.Use.AT_REST);
        } else {
            LayeredDisk.createOver(home, layers, size, content, raw);
        }
        dropUnneeded(home);
    }

    private void dropUnneeded(Path home) {
        LayeredDisk disk = LayeredDisk.open(home, layers);
        Set<String> needed = Stream.concat(
                        disk.grounds().stream().map(index -> index + LayeredDisk.RAW),
                        disk.filesBelow().stream()
                                .map(file -> file.getFileName().toString()))
                .collect(Collectors.toSet());
        for (Path file : HostFiles.list(home)) {
            String name = file.getFileName().toString();
            if (name.endsWith(LayeredDisk.RAW) && !needed.contains(name)) {
                HostFiles.delete(file);
            }
        }
    }

    @Override
    public Export export(VolumeId volume, Optional<SnapshotId> snapshot) {
        LayeredDisk disk = snapshot.isPresent() ? homes.open(volume) : homes.atRest(volume);
        LayerNumber layer = snapshot.map(id -> held(disk, id)).orElseGet(disk::active);
        return LayerExport.of(disk, layer);
    }

    /// What a volume holds becomes a layer that is known, so that the next export reads what is written above it.
    @Override
    public void stored(VolumeId volume, Optional<SnapshotId> snapshot, Content content, Version version) {
        if (!homes.exists(volume) || homes.open(volume).isBeingWritten()) {
            return;
        }
        LayeredDisk disk = homes.open(volume);
        if (snapshot.isPresent()) {
            disk.heldBy(snapshot.get()).ifPresent(layer -> disk.name(layer, content));
        } else if (disk.openings() == version.value() && disk.atRest().isEmpty()) {
            disk.rests(content, version.value());
            disk.prepare();
            disk.commit(LayeredDisk.Use.AT_REST);
        }
        fold(disk);
    }

    /// Layers that no snapshot shows become one, as far as that goes. What fails is tried again the next time.
    private void fold(LayeredDisk disk) {
        try {
            for (Optional<LayerFold> next = disk.foldable(Folding.AT_REST);
                    next.isPresent();
                    next = disk.foldable(Folding.AT_REST)) {
                layers.fold(next.get());
                disk.folded();
            }
        } catch (StasisException e) {
            LOG.warnf(e, "Layers were not folded, which is tried again later disk=%s", disk.activeFile());
        }
    }

    @Override
    public void grow(VolumeId volume, ByteCount size) {
        VolumeHomes.requirePossible(size);
        homes.atRest(volume).grow(size);
    }

    @Override
    public void snapshot(VolumeId volume, SnapshotId snapshot) {
        if (homes.open(volume).holders().contains(snapshot)) {
            return;
        }
        LayeredDisk resting = homes.atRest(volume);
        Optional<LayerNumber> shown = resting.emptyOn();
        if (shown.isPresent()) {
            resting.hold(shown.get(), snapshot);
        } else {
            resting.prepare();
            resting.commit(LayeredDisk.Use.AT_REST, snapshot);
        }
    }

    @Override
    public void drop(VolumeId volume, SnapshotId snapshot) {
        if (homes.exists(volume)) {
            LayeredDisk disk = homes.open(volume);
            disk.release(snapshot);
            if (!disk.isBeingWritten()) {
                disk.sweep();
                fold(disk);
                dropUnneeded(homes.of(volume));
            }
        }
    }

    @Override
    public void revert(VolumeId volume, SnapshotId snapshot) {
        LayeredDisk disk = homes.atRest(volume);
        disk.prepareOn(held(disk, snapshot));
        disk.commit(LayeredDisk.Use.AT_REST);
    }

    /// The file stays as it is below an empty layer: whatever its size, this is quick.
    @Override
    public ByteCount adopt(VolumeId volume, SourceName source) {
        return adoption.adopt(volume, source, (draft, claimed) -> {
            switch (claimed.form()) {
                case QCOW2 -> LayeredDisk.createOverLayer(draft, layers, claimed.gibs(), claimed.file());
                case RAW ->
                    LayeredDisk.createOverFile(
                            draft, layers, claimed.gibs(), taken(claimed.file(), draft.resolve(ADOPTED)));
            }
        });
    }

    private static Path taken(Path file, Path as) {
        HostFiles.link(file, as);
        HostFiles.readOnly(as);
        return as;
    }

    @Override
    public void adopt(VolumeId volume, SnapshotId snapshot, SourceName source) {
        adoption.adopt(volume, snapshot, source, (disk, claimed) -> {
            switch (claimed.form()) {
                case QCOW2 -> disk.holdLayer(claimed.file(), snapshot);
                case RAW -> {
                    Path as = homes.of(volume).resolve("snapshot-" + snapshot + LayeredDisk.RAW);
                    disk.hold(taken(claimed.file(), as), claimed.size(), snapshot);
                }
            }
        });
    }

    /// What is one layer by then is handed out as it is, else it is written anew.
    @Override
    public void release(VolumeId volume) {
        adoption.release(volume, Form.QCOW2, file -> {
            LayeredDisk disk = homes.atRest(volume);
            fold(disk);
            if (disk.depth() == 1
                    && disk.filesBelow().isEmpty()
                    && disk.grounds().isEmpty()) {
                HostFiles.link(disk.activeFile(), file);
            } else {
                handOut(disk.activeFile(), file, disk.size());
            }
        });
    }

    @Override
    public void release(VolumeId volume, SnapshotId snapshot) {
        Adoption.Writer writer = file -> {
            LayeredDisk disk = homes.open(volume);
            handOut(disk.file(held(disk, snapshot)), file, disk.size());
        };
        adoption.release(volume, snapshot, Form.QCOW2, writer, () -> drop(volume, snapshot));
    }

    private void handOut(Path layer, Path file, ByteCount size) {
        layers.create(file, size, new Backing.Nothing());
        convert(layer, file);
    }

    @Override
    public List<LooseFile> loose(int most) {
        return adoption.loose(most);
    }

    @Override
    public ByteCount size(VolumeId volume) {
        return homes.open(volume).size();
    }

    @Override
    public Space space() {
        return homes.space();
    }

    private static LayerNumber held(LayeredDisk disk, SnapshotId snapshot) {
        return disk.heldBy(snapshot)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.SNAPSHOT_NOT_FOUND,
                        "snapshot " + snapshot + " is not there, or a file of it was changed behind our back"));
    }
}
