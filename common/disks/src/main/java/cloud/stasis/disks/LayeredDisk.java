package cloud.stasis.disks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One disk as a directory of layers (`0.qcow2`, `1.qcow2`, ...) and `disk.json` ([DiskState]).
///
/// A new layer comes in three steps, because a running guest has to be switched over in between:
///
/// ```
///  prepare      disk.json announces the layer, then its file is made
///  (switch)     the hypervisor lets the guest write there; nothing to do for a guest that is off
///  commit       disk.json says that it is active; what was active before is frozen and made read-only
/// ```
///
/// After a crash between them, whoever knows where the guest writes calls [#commit] or [#abandon]. A file is
/// made after `disk.json` names it and removed after `disk.json` forgets it, so a file without an entry is
/// rubbish ([#sweep]).
///
/// Not thread-safe: one owner at a time.
public final class LayeredDisk {
    private static final String STATE = "disk.json";
    private static final String READ_ONLY = "r--r--r--";
    private static final String WRITABLE = "rw-r--r--";

    private final Path directory;
    private final LayerFiles files;
    private final StateFile<DiskState> file;
    private DiskState state;

    private LayeredDisk(Path directory, LayerFiles files, DiskState state) {
        this.directory = directory;
        this.files = files;
        this.file = stateFile(directory);
        this.state = state;
    }

    public static boolean exists(Path directory) {
        return Files.exists(directory.resolve(STATE));
    }

    /// Makes a disk of zeros. Repeatable as long as nobody used the disk.
    public static LayeredDisk createBlank(Path directory, LayerFiles files, ByteCount size) {
        return create(directory, files, size, new DiskState.Ground.Nothing(), new Backing.Nothing());
    }

    /// Makes a disk that shows `base`, which stands in the raw file `baseFile`. Repeatable as long as nobody
    /// used the disk.
    public static LayeredDisk createOver(
            Path directory, LayerFiles files, ByteCount size, Content base, Path baseFile) {
        if (size.compareTo(base.size()) < 0) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "the disk is smaller than its image: use a larger flavor");
        }
        return create(directory, files, size, new DiskState.Ground.OnContent(base), new Backing.Raw(baseFile));
    }

    private static LayeredDisk create(
            Path directory, LayerFiles files, ByteCount size, DiskState.Ground ground, Backing backing) {
        HostFiles.directory(directory);
        List<DiskState.Layer> layers = List.of(DiskState.Layer.empty(0, ground));
        DiskState state = new DiskState(size, 1, 0, Optional.empty(), layers, new DiskState.Rest.Pristine(), 0);
        LayeredDisk disk = new LayeredDisk(directory, files, state);
        // The one case where the file comes first: a directory without disk.json is not yet a disk.
        files.create(disk.path(0), size, backing);
        disk.file.write(state);
        return disk;
    }

    /// @throws StasisException `VOLUME_NOT_FOUND` if there is no disk
    public static LayeredDisk open(Path directory, LayerFiles files) {
        DiskState state = stateFile(directory)
                .read()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.VOLUME_NOT_FOUND, "there is no such disk on this host; it may have been deleted"));
        return new LayeredDisk(directory, files, state);
    }

    private static StateFile<DiskState> stateFile(Path directory) {
        return new StateFile<>(directory.resolve(STATE), DiskState.class);
    }

    static Content zeros(ByteCount size) {
        return new Content(IndexId.ZERO, size);
    }

    public ByteCount size() {
        return state.size();
    }

    public LayerNumber active() {
        return new LayerNumber(state.active());
    }

    public Optional<LayerNumber> prepared() {
        return state.prepared().map(LayerNumber::new);
    }

    public Path file(LayerNumber layer) {
        return path(layer.value());
    }

    public Path activeFile() {
        return path(state.active());
    }

    /// How many layers a read of the guest may have to look through.
    public int depth() {
        return state.chain(state.active()).size();
    }

    /// The contents whose raw files this disk stands on.
    public Set<IndexId> grounds() {
        return state.layers().stream()
                .map(DiskState.Layer::ground)
                .filter(DiskState.Ground.OnContent.class::isInstance)
                .map(ground -> ((DiskState.Ground.OnContent) ground).content().index())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// What the whole disk equals, if that is known and nobody has opened it for writing since.
    public Optional<Content> atRest() {
        return state.atRest();
    }

    /// How often the disk was opened for writing. As long as it does not grow the disk is what it was.
    public long openings() {
        return state.openings();
    }

    /// Says what the disk equals, unless it was opened for writing since it was looked at.
    ///
    /// @param openings as they were then
    public void rests(Content content, long openings) {
        if (state.openings() == openings) {
            store(state.withRest(new DiskState.Rest.Equals(content)));
        }
    }

    /// To be called before anyone opens the disk for writing.
    public void willBeWritten() {
        store(state.opened());
    }

    /// A content in the store that what shows through `layer` differs from at most in the topmost `layers`
    /// layers.
    public record Known(Content content, int layers) {}

    public Known known(LayerNumber layer) {
        int above = 0;
        for (DiskState.Layer below : state.chain(layer.value())) {
            if (below.content().isPresent()) {
                return new Known(below.content().get(), above);
            }
            above++;
            switch (below.ground()) {
                case DiskState.Ground.OnContent on -> {
                    return new Known(on.content(), above);
                }
                case DiskState.Ground.Nothing nothing -> {
                    return new Known(zeros(state.size()), above);
                }
                case DiskState.Ground.OnLayer on -> {}
            }
        }
        throw new StasisException(ErrorCode.INTERNAL, "a disk's chain of layers does not end");
    }

    public LayerReader read(LayerNumber layer) {
        return files.open(path(layer.value()));
    }

    /// Makes a disk that nobody has open larger, by a new layer of that size. Repeatable.
    public void grow(ByteCount larger) {
        if (larger.compareTo(state.size()) < 0) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a disk does not become smaller");
        }
        boolean interrupted = state.prepared().isPresent();
        if (larger.equals(state.size()) && !interrupted) {
            return;
        }
        abandon();
        int active = state.active();
        store(state.sized(larger).preparing(new DiskState.Ground.OnLayer(active)));
        files.create(path(state.prepared().orElseThrow()), larger, new Backing.Layer(path(active)));
        // What it equals is no longer known: what is below has another size.
        commit(Use.BEING_WRITTEN);
    }

    /// Announces and makes an empty layer on the active one. One that was prepared and not used is replaced.
    public LayerNumber prepare() {
        return prepare(new DiskState.Ground.OnLayer(state.active()), new Backing.Layer(path(state.active())));
    }

    /// The same on a layer that is frozen, to go back to it.
    public LayerNumber prepareOn(LayerNumber frozen) {
        return prepare(new DiskState.Ground.OnLayer(frozen.value()), new Backing.Layer(path(frozen.value())));
    }

    /// The same on a content in a raw file.
    public LayerNumber prepareOn(Content content, Path raw) {
        return prepare(new DiskState.Ground.OnContent(content), new Backing.Raw(raw));
    }

    private LayerNumber prepare(DiskState.Ground ground, Backing backing) {
        abandon();
        store(state.preparing(ground));
        int number = state.prepared().orElseThrow();
        files.create(path(number), state.size(), backing);
        return new LayerNumber(number);
    }

    /// Whether a guest already writes to the layer that becomes active.
    public enum Use {
        AT_REST,
        BEING_WRITTEN
    }

    /// The prepared layer is the active one now. What was active is frozen; it goes if nothing needs it.
    public void commit(Use use) {
        int before = state.active();
        Optional<Content> known = state.atRest();
        Optional<FileStamp> stamp = freeze(path(before));
        DiskState switched = state.with(before, layer -> layer.frozenAs(stamp));
        if (known.isPresent()) {
            switched = switched.with(before, layer -> layer.named(known.get()));
        }
        store(
                switch (use) {
                    case AT_REST -> switched.switching(new DiskState.Rest.Pristine());
                    case BEING_WRITTEN -> switched.switching(new DiskState.Rest.Unknown());
                });
        prune();
    }

    /// The prepared layer, if there is one, was not used and goes.
    public void abandon() {
        if (state.prepared().isPresent()) {
            int number = state.prepared().get();
            store(state.withoutPrepared());
            files.delete(path(number));
        }
    }

    /// Says what shows through a frozen layer, once the store has it for good.
    public void name(LayerNumber layer, Content content) {
        store(state.with(layer.value(), named -> named.named(content)));
    }

    /// Keeps a layer until the snapshot releases it.
    public void hold(LayerNumber layer, SnapshotId snapshot) {
        store(state.with(layer.value(), held -> held.heldBy(snapshot)));
    }

    public void release(SnapshotId snapshot) {
        store(state.withLayers(
                state.layers().stream().map(layer -> layer.releasedBy(snapshot)).toList()));
        prune();
    }

    public Set<SnapshotId> holders() {
        return state.layers().stream()
                .flatMap(layer -> layer.holders().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The layer that the snapshot holds, if it and all that it stands on are as they were when they were
    /// frozen.
    public Optional<LayerNumber> heldBy(SnapshotId snapshot) {
        return state.layers().stream()
                .filter(layer -> layer.holders().contains(snapshot))
                .filter(layer -> state.chain(layer.number()).stream().allMatch(this::isUntouched))
                .map(layer -> new LayerNumber(layer.number()))
                .findFirst();
    }

    private boolean isUntouched(DiskState.Layer layer) {
        return layer.frozen().isPresent() && layer.frozen().equals(FileStamp.of(path(layer.number())));
    }

    /// Whether any process writes to the disk.
    public boolean isBeingWritten() {
        return files.isBeingWritten(activeFile());
    }

    /// Files in the directory that no entry names: what a crash left.
    public Set<Path> strays() {
        Pattern layers = Pattern.compile("(\\d+)\\..+");
        Set<Integer> named =
                state.layers().stream().map(DiskState.Layer::number).collect(Collectors.toUnmodifiableSet());
        try (Stream<Path> listed = Files.list(directory)) {
            return listed.filter(path -> {
                        var matcher = layers.matcher(path.getFileName().toString());
                        return matcher.matches() && !named.contains(Integer.parseInt(matcher.group(1)));
                    })
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw HostFiles.failure("list a disk's directory", e);
        }
    }

    public void sweep() {
        strays().forEach(HostFiles::delete);
    }

    /// Layers that can become one, if there are any. Their files are writable from here on, until [#folded].
    public Optional<LayerFold> foldable() {
        return state.foldable().map(fold -> {
            permit(path(fold.base()), WRITABLE);
            permit(path(fold.child()), WRITABLE);
            return new LayerFold(path(fold.child()), path(fold.top()), path(fold.base()));
        });
    }

    /// What [#foldable] said was done: the files are as [LayerFiles#fold] leaves them.
    public void folded() {
        DiskState.Fold fold = state.foldable()
                .orElseThrow(() -> new StasisException(ErrorCode.INTERNAL, "a disk has nothing that was folded"));
        Optional<FileStamp> child = fold.child() == state.active() ? Optional.empty() : freeze(path(fold.child()));
        store(state.folded(fold, freeze(path(fold.base())), child));
        files.delete(path(fold.top()));
    }

    /// The snapshots whose layers the active one stands on, the deepest first, and whose content is in the
    /// store: what this host keeps of them can be spared.
    public List<SnapshotId> spareable() {
        List<SnapshotId> found = new ArrayList<>();
        for (DiskState.Layer layer : state.chain(state.active()).reversed()) {
            if (layer.content().isPresent()) {
                layer.holders().stream()
                        .sorted(Comparator.comparing(SnapshotId::toString))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static void permit(Path file, String mode) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw HostFiles.failure("change the mode of a layer of a disk", e);
        }
    }

    private void prune() {
        DiskState pruned = state.pruned();
        List<DiskState.Layer> gone = state.layers().stream()
                .filter(layer -> !pruned.layers().contains(layer))
                .toList();
        if (!gone.isEmpty()) {
            store(pruned);
            gone.forEach(layer -> files.delete(path(layer.number())));
        }
    }

    /// Empty if the layer was lost; then nothing that stands on it can be used any more, which [#heldBy]
    /// notices.
    private static Optional<FileStamp> freeze(Path layer) {
        try {
            Files.setPosixFilePermissions(layer, PosixFilePermissions.fromString(READ_ONLY));
            return FileStamp.of(layer);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw HostFiles.failure("freeze a layer of a disk", e);
        }
    }

    private Path path(int number) {
        return directory.resolve(number + "." + files.suffix());
    }

    private void store(DiskState next) {
        file.write(next);
        state = next;
    }
}
