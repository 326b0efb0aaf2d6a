package cloud.stasis.volume.driver.reflink;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.disks.StateFile;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.volume.driver.Exporting.Export;
import cloud.stasis.volume.driver.Exporting.Version;
import cloud.stasis.volume.driver.home.Adoption.Claimed;
import cloud.stasis.volume.driver.reflink.ReflinkState.Held;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One volume: its raw files, what is known of them, and the layers that a machine left above them.
///
/// What the raw file is taken for is forgotten, durably, before the file changes, and said again afterwards; so a
/// crash costs no more than one full read by the next backup.
final class ReflinkVolume {
    private static final String SNAPSHOT = "snapshot-";

    private final Path home;
    private final QcowLayers layers;
    private final StateFile<ReflinkState> file;
    private final RawFile raw;
    private final LayeredDisk disk;
    private ReflinkState state;

    private ReflinkVolume(Path home, QcowLayers layers, LayeredDisk disk, ReflinkState state) {
        this.home = home;
        this.layers = layers;
        this.file = stateFile(home);
        this.raw = raw(home);
        this.disk = disk;
        this.state = state;
    }

    /// Makes a volume of the raw file that its directory has.
    static void make(Path home, QcowLayers layers, Held held) {
        stateFile(home).write(new ReflinkState(held, List.of()));
        LayeredDisk.createOverFile(home, layers, held.size(), raw(home).path());
    }

    static ReflinkVolume open(Path home, QcowLayers layers, LayeredDisk disk) {
        ReflinkState state = stateFile(home)
                .read()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "a volume of this backend lacks what is known of it"));
        return new ReflinkVolume(home, layers, disk, state);
    }

    static RawFile raw(Path home) {
        return new RawFile(home.resolve("volume.raw"));
    }

    private static StateFile<ReflinkState> stateFile(Path home) {
        return new StateFile<>(home.resolve("reflink.json"), ReflinkState.class);
    }

    private RawFile kept(SnapshotId snapshot) {
        return new RawFile(home.resolve(SNAPSHOT + snapshot + ".raw"));
    }

    boolean has(SnapshotId snapshot) {
        return disk.holders().contains(snapshot);
    }

    /// Brings what a machine wrote into the raw file, and what it kept into files of their own. Nobody has the
    /// volume.
    ReflinkVolume rested() {
        for (SnapshotId snapshot : disk.holders()) {
            disk.heldBy(snapshot).filter(layer -> !isFile(snapshot, layer)).ifPresent(layer -> keep(snapshot, layer));
        }
        if (!disk.isEmptyOn(raw.path())) {
            absorb();
            restart();
        }
        sweep();
        return this;
    }

    private boolean isFile(SnapshotId snapshot, LayerNumber layer) {
        return disk.depth(layer) == 1
                && disk.fileBelow(layer).equals(Optional.of(kept(snapshot).path()));
    }

    private void keep(SnapshotId snapshot, LayerNumber layer) {
        try (LayerReader reader = disk.read(layer)) {
            List<Extent> written = reader.allocatedIn(disk.depth(layer));
            kept(snapshot).copyOf(below(layer), reader, written);
            store(state.keeping(snapshot, above(reader, layer, written)));
        }
        show(snapshot);
    }

    /// For an agent that has the volume, a snapshot is a layer.
    private void show(SnapshotId snapshot) {
        disk.hold(kept(snapshot).path(), state.of(snapshot).orElseThrow().size(), snapshot);
    }

    private RawFile below(LayerNumber layer) {
        return new RawFile(disk.fileBelow(layer)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "a volume of this backend stands on no file of its own")));
    }

    /// What shows through a layer, as the agent knows it or as it follows from the raw file below.
    private Held above(LayerReader reader, LayerNumber layer, List<Extent> written) {
        LayeredDisk.Known known = disk.known(layer);
        if (known.layers() <= disk.depth(layer)) {
            return Held.equalTo(known.content(), reader.size()).but(reader.allocatedIn(known.layers()), reader.size());
        }
        return of(below(layer)).but(written, reader.size());
    }

    private Held of(RawFile below) {
        if (below.equals(raw)) {
            return state.now();
        }
        return state.snapshots().stream()
                .filter(known -> kept(known.snapshot()).equals(below))
                .map(ReflinkState.Kept::held)
                .findFirst()
                .orElseGet(() -> Held.unknown(disk.size()));
    }

    private void absorb() {
        LayerNumber active = disk.active();
        try (LayerReader reader = disk.read(active)) {
            List<Extent> written = reader.allocatedIn(disk.depth());
            Held next = above(reader, active, written);
            RawFile below = below(active);
            if (below.equals(raw)) {
                store(state.holding(next));
                raw.resize(disk.size());
                raw.take(reader, written);
            } else {
                RawFile draft = raw.draft();
                draft.copyOf(below, reader, written);
                store(state.holding(Held.unknown(next.size())));
                draft.replace(raw);
                store(state.holding(next));
            }
        }
    }

    /// An empty layer on the raw file.
    private void restart() {
        disk.prepareOn(raw.path());
        disk.commit(LayeredDisk.Use.AT_REST);
    }

    /// Removes what an agent let go of, and what a crash left.
    private void sweep() {
        Set<SnapshotId> held = disk.holders();
        for (ReflinkState.Kept known : state.snapshots()) {
            if (!held.contains(known.snapshot())) {
                store(state.without(known.snapshot()));
            }
        }
        Set<Path> needed = disk.filesBelow();
        for (Path found : HostFiles.list(home)) {
            String name = found.getFileName().toString();
            if (name.startsWith(SNAPSHOT) && !needed.contains(found)) {
                HostFiles.delete(found);
            }
        }
    }

    void snapshot(SnapshotId snapshot) {
        kept(snapshot).copyOf(raw, state.now().size());
        store(state.keeping(snapshot, state.now()));
        show(snapshot);
    }

    /// A file that was found is what the snapshot shows.
    void take(SnapshotId snapshot, Claimed claimed) {
        kept(snapshot).copyOf(claimed, state.now().size());
        store(state.keeping(snapshot, Held.unknown(state.now().size())));
        show(snapshot);
    }

    ByteCount size() {
        return disk.size();
    }

    /// Also while a machine writes to the volume, and may stand on the file.
    void drop(SnapshotId snapshot) {
        disk.release(snapshot);
        sweep();
    }

    void revert(SnapshotId snapshot) {
        Held held = state.of(snapshot).orElseThrow(() -> missing(snapshot));
        RawFile draft = raw.draft();
        draft.copyOf(kept(snapshot), state.now().size());
        replace(draft, held.but(List.of(), state.now().size()));
    }

    /// @param draft of the raw file
    void replace(RawFile draft, Held held) {
        disk.willBeWritten();
        store(state.holding(Held.unknown(held.size())));
        draft.replace(raw);
        store(state.holding(held));
        restart();
    }

    void grow(ByteCount size) {
        disk.grow(size);
        raw.resize(size);
        store(state.holding(state.now().but(List.of(), size)));
        restart();
    }

    /// Makes `target` what the volume holds, or held at a snapshot.
    ///
    /// @return what it is
    Held copyTo(RawFile target, ByteCount size, Optional<SnapshotId> snapshot) {
        if (snapshot.isEmpty()) {
            target.copyOf(raw, size);
            return state.now().but(List.of(), size);
        }
        SnapshotId from = snapshot.get();
        LayerNumber layer = disk.heldBy(from).orElseThrow(() -> missing(from));
        if (isFile(from, layer)) {
            target.copyOf(kept(from), size);
            return of(kept(from)).but(List.of(), size);
        }
        try (LayerReader reader = disk.read(layer)) {
            List<Extent> written = reader.allocatedIn(disk.depth(layer));
            target.copyOf(below(layer), reader, written);
            target.resize(size);
            return above(reader, layer, written).but(List.of(), size);
        }
    }

    /// What an agent keeps is read through its layers.
    Export export(Optional<SnapshotId> snapshot) {
        Version version = new Version(disk.openings());
        if (snapshot.isEmpty()) {
            return new RawExport(layers.openRaw(raw.path()), state.now(), version);
        }
        SnapshotId shown = snapshot.get();
        LayerNumber layer = disk.heldBy(shown).orElseThrow(() -> missing(shown));
        LayerReader reader = disk.read(layer);
        return new RawExport(reader, above(reader, layer, reader.allocatedIn(disk.depth(layer))), version);
    }

    void stored(Optional<SnapshotId> snapshot, Content content, Version version) {
        if (snapshot.isPresent()) {
            SnapshotId shown = snapshot.get();
            state.of(shown).ifPresent(held -> store(state.keeping(shown, Held.equalTo(content, held.size()))));
            disk.heldBy(shown).filter(layer -> !isFile(shown, layer)).ifPresent(layer -> disk.name(layer, content));
        } else if (disk.isEmptyOn(raw.path()) && disk.openings() == version.value()) {
            store(state.holding(Held.equalTo(content, state.now().size())));
        }
    }

    private static StasisException missing(SnapshotId snapshot) {
        return new StasisException(
                ErrorCode.SNAPSHOT_NOT_FOUND,
                "snapshot " + snapshot + " is not there, or a file of it was changed behind our back");
    }

    private void store(ReflinkState next) {
        file.write(next);
        state = next;
    }
}
