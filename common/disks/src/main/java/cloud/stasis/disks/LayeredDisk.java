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
import java.nio.file.attribute.PosixFilePermission;
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
    /// What the names of contents end with that stand beside the layers.
    public static final String RAW = ".raw";

    /// A copy of a longer chain is made whole, so that copies of copies stay fast to read.
    private static final int MAX_LINKED = 16;

    private final Path directory;
    private final LayerFiles files;
    private final StateFile<DiskState> file;
    private DiskState state;
    /// What [#foldable] said last.
    private Optional<DiskState.Fold> folding = Optional.empty();

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

    /// Makes a disk that shows a raw file of its own, whatever that holds. Repeatable as long as nobody used the
    /// disk.
    public static LayeredDisk createOverFile(Path directory, LayerFiles files, ByteCount size, Path raw) {
        return create(directory, files, size, new DiskState.Ground.OnFile(name(raw)), new Backing.Raw(raw));
    }

    /// Makes a disk that shows a file like a layer of ours, which stands on nothing and gets a second name. It is
    /// never written again. Repeatable as long as nobody used the disk.
    public static LayeredDisk createOverLayer(Path directory, LayerFiles files, ByteCount size, Path file) {
        HostFiles.directory(directory);
        Path below = directory.resolve("0." + files.suffix());
        HostFiles.link(file, below);
        List<DiskState.Layer> layers = List.of(
                DiskState.Layer.empty(0, new DiskState.Ground.Nothing()).frozenAs(freeze(below)),
                DiskState.Layer.empty(1, new DiskState.Ground.OnLayer(0)));
        DiskState state = new DiskState(size, 2, 1, Optional.empty(), layers, new DiskState.Rest.Pristine(), 0);
        LayeredDisk disk = new LayeredDisk(directory, files, state);
        files.create(disk.path(1), size, new Backing.Layer(below));
        disk.file.write(state);
        return disk;
    }

    private static String name(Path file) {
        return file.getFileName().toString();
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
        return depth(active());
    }

    /// Whether the active layer is empty and stands on this raw file.
    public boolean isEmptyOn(Path raw) {
        return state.isEmptyOn(name(raw));
    }

    /// The raw file that a layer stands on by others or by itself; empty if that is not one of the disk's own.
    public Optional<Path> fileBelow(LayerNumber layer) {
        return state.chain(layer.value()).getLast().ground() instanceof DiskState.Ground.OnFile on
                ? Optional.of(directory.resolve(on.name()))
                : Optional.empty();
    }

    /// The raw files that any layer stands on.
    public Set<Path> filesBelow() {
        return state.layers().stream()
                .flatMap(layer -> fileBelow(new LayerNumber(layer.number())).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// How many layers a read through a layer may have to look through.
    public int depth(LayerNumber layer) {
        return state.chain(layer.value()).size();
    }

    /// The contents whose raw files this disk stands on.
    public Set<IndexId> grounds() {
        return grounds(state.layers());
    }

    private static Set<IndexId> grounds(List<DiskState.Layer> layers) {
        return layers.stream()
                .map(DiskState.Layer::ground)
                .filter(DiskState.Ground.OnContent.class::isInstance)
                .map(ground -> ((DiskState.Ground.OnContent) ground).content().index())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// What the whole disk equals, if that is known and nobody has opened it for writing since.
    public Optional<Content> atRest() {
        return state.atRest();
    }

    /// The layer that the active one stands on, if that is empty and nobody has opened the disk for writing.
    public Optional<LayerNumber> emptyOn() {
        return state.emptyOn().map(LayerNumber::new);
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
                case DiskState.Ground.OnFile on -> {
                    return new Known(zeros(state.size()), Integer.MAX_VALUE);
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
        if (larger.equals(state.size())) {
            return;
        }
        abandon();
        int active = state.active();
        store(state.preparing(new DiskState.Ground.OnLayer(active)));
        files.create(path(state.prepared().orElseThrow()), larger, new Backing.Layer(path(active)));
        // What it equals is no longer known: what is below has another size.
        commit(Use.BEING_WRITTEN, Set.of(), larger);
    }

    /// Says that whoever writes to the active layer has made it larger.
    public void grown(ByteCount larger) {
        sized(larger);
    }

    /// Says how large the active layer is, or the next one will be.
    public void sized(ByteCount size) {
        store(state.sized(size));
    }

    /// Announces and makes an empty layer on the active one. One that was prepared and not used is replaced.
    public LayerNumber prepare() {
        return prepare(new DiskState.Ground.OnLayer(state.active()), new Backing.Layer(path(state.active())));
    }

    /// The same on a layer that is frozen, to go back to it.
    public LayerNumber prepareOn(LayerNumber frozen) {
        return prepare(new DiskState.Ground.OnLayer(frozen.value()), new Backing.Layer(path(frozen.value())));
    }

    /// The same, and the disk, which nobody has open, has another size from here on. Whoever gives the prepared
    /// layer up says by [#sized] how large the disk is then.
    public LayerNumber prepareOn(LayerNumber frozen, ByteCount size) {
        abandon();
        sized(size);
        return prepareOn(frozen);
    }

    /// The same on a content in a raw file.
    public LayerNumber prepareOn(Content content, Path raw) {
        return prepare(new DiskState.Ground.OnContent(content), new Backing.Raw(raw));
    }

    /// The same on a raw file of which nobody knows what it is.
    public LayerNumber prepareOn(Path raw) {
        return prepare(new DiskState.Ground.OnFile(name(raw)), new Backing.Raw(raw));
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
        commit(use, Set.of(), state.size());
    }

    /// The same, and what was active is kept for a snapshot.
    public void commit(Use use, SnapshotId holder) {
        commit(use, Set.of(holder), state.size());
    }

    private void commit(Use use, Set<SnapshotId> holders, ByteCount size) {
        int before = state.active();
        Optional<Content> known = state.atRest();
        Optional<FileStamp> stamp = freeze(path(before));
        DiskState switched = state.with(before, layer -> layer.frozenAs(stamp));
        if (known.isPresent()) {
            switched = switched.with(before, layer -> layer.named(known.get()));
        }
        for (SnapshotId holder : holders) {
            switched = switched.with(before, layer -> layer.heldBy(holder));
        }
        DiskState.Rest rest =
                switch (use) {
                    case AT_REST -> new DiskState.Rest.Pristine();
                    case BEING_WRITTEN -> new DiskState.Rest.Unknown();
                };
        store(switched.switching(rest).sized(size));
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

    /// A raw file is what the snapshot shows from now on, through an empty layer that is frozen at once.
    public void hold(Path raw, ByteCount size, SnapshotId snapshot) {
        abandon();
        store(state.preparing(new DiskState.Ground.OnFile(name(raw))));
        int number = state.prepared().orElseThrow();
        files.create(path(number), size, new Backing.Raw(raw));
        store(state.showing(snapshot, freeze(path(number))));
        prune();
    }

    /// As [#hold], of a file like a layer of ours, which stands on nothing and gets a second name.
    public void holdLayer(Path file, SnapshotId snapshot) {
        abandon();
        store(state.preparing(new DiskState.Ground.Nothing()));
        int number = state.prepared().orElseThrow();
        HostFiles.link(file, path(number));
        store(state.showing(snapshot, freeze(path(number))));
        prune();
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

    /// Files of layers that are not there.
    public Set<Path> missing() {
        return state.layers().stream()
                .map(layer -> path(layer.number()))
                .filter(Files::notExists)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Removes what a crash left: layers that nothing needs, and files that no entry names. Nobody has the disk
    /// open.
    public void sweep() {
        prune();
        strays().forEach(HostFiles::delete);
    }

    /// What may be folded.
    public enum Folding {
        /// Below the active layer, what the store has or no snapshot shows.
        STORED_ALONE,
        /// Whatever no snapshot shows, but for the active layer.
        BESIDE_A_GUEST,
        /// Whatever no snapshot shows, also into the active layer; nobody has the disk open.
        AT_REST
    }

    /// Layers that can become one, if there are any. Their files are writable from here on, until [#folded].
    ///
    /// A file that another disk shares ([#linkTo]) is left alone. Whoever folds makes it writable and then looks
    /// whether it is shared; whoever shares it looks afterwards whether it is writable: one of the two sees the
    /// other.
    public Optional<LayerFold> foldable(Folding terms) {
        folding = state.foldable(terms, layer -> !isShared(path(layer.number())));
        if (folding.isEmpty()) {
            return Optional.empty();
        }
        DiskState.Fold fold = folding.get();
        permit(path(fold.base()), WRITABLE);
        if (isShared(path(fold.base()))) {
            permit(path(fold.base()), READ_ONLY);
            folding = Optional.empty();
            return Optional.empty();
        }
        fold.children().forEach(child -> permit(path(child), WRITABLE));
        return Optional.of(told(fold));
    }

    /// What [#foldable] would say; nothing happens.
    public Optional<LayerFold> folds(Folding terms) {
        return state.foldable(terms, layer -> !isShared(path(layer.number()))).map(this::told);
    }

    private LayerFold told(DiskState.Fold fold) {
        return new LayerFold(
                fold.children().stream().map(this::path).toList(), path(fold.top()), path(fold.base()), fold.place());
    }

    /// What [#foldable] said was done: the files are as [LayerFiles#fold] leaves them.
    public void folded() {
        DiskState.Fold fold = folding.orElseThrow(
                () -> new StasisException(ErrorCode.INTERNAL, "a disk has nothing that was folded"));
        folding = Optional.empty();
        store(state.folded(fold, number -> freeze(path(number))));
        files.delete(path(fold.top()));
    }

    private static boolean isShared(Path file) {
        try {
            return (int) Files.getAttribute(file, "unix:nlink") > 1;
        } catch (IOException e) {
            throw HostFiles.failure("look at a layer of a disk", e);
        }
    }

    /// Makes another disk that shows what a frozen layer does and shares its files: metadata only, whatever
    /// the size. Neither disk depends on the other afterwards; the file system counts who needs a file.
    ///
    /// Empty if it cannot be done: the layers name each other by where they are, or are just being folded.
    ///
    /// @param home a directory that is not a disk yet, on the same file system
    public Optional<LayeredDisk> linkTo(Path home, LayerNumber frozen, ByteCount size) {
        List<DiskState.Layer> chain = state.chain(frozen.value());
        List<Path> shown = chain.stream().map(layer -> path(layer.number())).toList();
        if (chain.size() > MAX_LINKED || !files.areMovable(shown)) {
            return Optional.empty();
        }
        HostFiles.directory(home);
        List<Path> needed = new ArrayList<>(shown);
        grounds(chain).forEach(index -> needed.add(directory.resolve(index + RAW)));
        fileBelow(frozen).ifPresent(needed::add);
        for (Path file : needed) {
            HostFiles.link(file, home.resolve(file.getFileName()));
        }
        if (!chain.stream().allMatch(this::isUntouched) || shown.stream().anyMatch(LayeredDisk::isWritable)) {
            HostFiles.deleteTree(home);
            return Optional.empty();
        }
        int active = frozen.value() + 1;
        files.create(home.resolve(active + "." + files.suffix()), size, new Backing.Layer(home.resolve(name(frozen))));
        List<DiskState.Layer> layers = new ArrayList<>(
                chain.reversed().stream().map(DiskState.Layer::forgotten).toList());
        layers.add(DiskState.Layer.empty(active, new DiskState.Ground.OnLayer(frozen.value())));
        DiskState linked =
                new DiskState(size, active + 1, active, Optional.empty(), layers, new DiskState.Rest.Pristine(), 0);
        LayeredDisk made = new LayeredDisk(home, files, linked);
        made.file.write(linked);
        return Optional.of(made);
    }

    private static boolean isWritable(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE);
        } catch (IOException e) {
            throw HostFiles.failure("look at a layer of a disk", e);
        }
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
        return directory.resolve(name(new LayerNumber(number)));
    }

    private String name(LayerNumber layer) {
        return layer.value() + "." + files.suffix();
    }

    private void store(DiskState next) {
        file.write(next);
        state = next;
    }
}
