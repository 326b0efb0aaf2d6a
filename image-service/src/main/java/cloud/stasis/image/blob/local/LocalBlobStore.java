package cloud.stasis.image.blob.local;

import cloud.stasis.chunks.DiskErrors;
import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.Generation;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/// A store in a directory of this machine.
public final class LocalBlobStore implements BlobStore {
    /// A folder in the store's directory that is not the store's: what the service that has it open must not
    /// forget.
    public static final String SERVICE_FOLDER = "service";

    /// Kept free of objects, so that references can be set and dropped on a disk that is full of them.
    static final ByteCount RESERVE = ByteCount.ofMib(16);

    private static final Logger LOG = Logger.getLogger(LocalBlobStore.class);
    private static final String MARKER = "STASIS-STORE";
    private static final byte[] MARKER_BYTES = CanonicalJson.write(
            Map.of("version", 1L, "leafBytes", (long) TreeShape.LEAF_BYTES, "fanOut", (long) TreeShape.FAN_OUT));
    private static final int PACK_FOLDERS = 256;
    private static final String QUARANTINE = "quarantine";

    private final Path root;
    private final Optional<FileLock> lock;
    private final DurableFiles files;
    private final OpenFiles open = new OpenFiles();
    private final Object references = new Object();

    private LocalBlobStore(Path root, Optional<FileLock> lock, DurableFiles files) {
        this.root = root;
        this.lock = lock;
        this.files = files;
    }

    /// Opens the store in `root`, or makes one if the directory is empty or absent.
    ///
    /// @throws StasisException `UNSUPPORTED_FORMAT` if there is something else, or a store of another version;
    /// `STORE_UNAVAILABLE` if another service has it open
    public static LocalBlobStore open(Path root) {
        return open(root, _ -> {});
    }

    /// The store in `root` as it lies there, for who only looks: nothing is locked, made or removed, so that it
    /// may be a copy on a medium that cannot be written, or a store that a service has open. To be wrapped so
    /// that nothing is written, see [ReadOnlyBlobStore].
    ///
    /// @throws StasisException `UNSUPPORTED_FORMAT` if there is no store, or one of another version
    public static LocalBlobStore look(Path root) {
        try {
            if (!Files.exists(root.resolve(MARKER))) {
                throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "there is no store in " + root);
            }
            requireOurs(root);
            return new LocalBlobStore(root, Optional.empty(), new DurableFiles(root.resolve("temporary"), _ -> {}));
        } catch (IOException e) {
            throw DiskErrors.of("looking at a store", e);
        }
    }

    static LocalBlobStore open(Path root, Consumer<WritePoint> reached) {
        try {
            Files.createDirectories(root);
            FileLock lock = lock(root);
            DurableFiles files = new DurableFiles(root.resolve("temporary"), reached);
            requireOurs(root);
            makeFolders(root);
            files.clean();
            if (!Files.exists(root.resolve(MARKER))) {
                files.write(root.resolve(MARKER), MARKER_BYTES);
            }
            return new LocalBlobStore(root, Optional.of(lock), files);
        } catch (IOException e) {
            throw DiskErrors.of("opening the store", e);
        }
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        Path file = path(name);
        try {
            if (Files.exists(file)) {
                // Whoever put it may not have got as far as this.
                files.syncFolder(file);
                return;
            }
            if (free().bytes() < bytes.length) {
                throw new StasisException(ErrorCode.NO_SPACE, "the store is full: free some space or extend its disk");
            }
            files.write(file, bytes);
        } catch (IOException e) {
            throw DiskErrors.of("storing an object", e);
        }
    }

    @Override
    public boolean exists(ObjectName name) {
        return Files.exists(path(name));
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        try (FileChannel file = FileChannel.open(path(name))) {
            if (file.size() > limit.bytes()) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, name + " is larger than " + limit);
            }
            byte[] bytes = new byte[(int) file.size()];
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining() && file.read(buffer) >= 0) {
                // reads on
            }
            return Arrays.copyOf(bytes, buffer.position());
        } catch (NoSuchFileException e) {
            throw notFound(name);
        } catch (IOException e) {
            throw DiskErrors.of("reading an object", e);
        }
    }

    @Override
    public void read(ObjectName name, long offset, ByteBuffer into) {
        try {
            if (!open.read(path(name), offset, into)) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, name + " is shorter than it should be");
            }
        } catch (NoSuchFileException e) {
            throw notFound(name);
        } catch (IOException e) {
            throw DiskErrors.of("reading an object", e);
        }
    }

    @Override
    public void list(ObjectName.Kind kind, BiConsumer<ObjectName, ByteCount> consumer) {
        try {
            for (Path folder : folders(kind)) {
                for (Path file : children(folder)) {
                    Optional<Digest> digest = digest(file);
                    if (digest.isPresent()) {
                        consumer.accept(new ObjectName(kind, digest.get()), ByteCount.ofBytes(Files.size(file)));
                    } else {
                        LOG.warnf("A file in the store is not ours file=%s", file);
                    }
                }
            }
        } catch (IOException e) {
            throw DiskErrors.of("listing the store", e);
        }
    }

    @Override
    public void quarantine(ObjectName name) {
        try {
            files.move(path(name), root.resolve(QUARANTINE).resolve(lowerCase(name.kind()) + "-" + name.digest()));
            open.forget(path(name));
        } catch (NoSuchFileException e) {
            LOG.debugf("There is nothing to take out of sight object=%s", name);
        } catch (IOException e) {
            throw DiskErrors.of("taking a damaged object out of sight", e);
        }
    }

    @Override
    public void delete(ObjectName name) {
        try {
            files.remove(path(name));
            open.forget(path(name));
        } catch (IOException e) {
            throw DiskErrors.of("deleting an object", e);
        }
    }

    @Override
    public Optional<Reference> reference(ReferenceName name) {
        try {
            Path file = path(name);
            if (Files.size(file) > Reference.MAX_BYTES) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the reference " + name + " is damaged");
            }
            return Optional.of(Reference.decode(name, Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw DiskErrors.of("reading a reference", e);
        }
    }

    @Override
    public void setReference(Optional<Generation> expected, Reference next) {
        synchronized (references) {
            Optional<Generation> current = undamaged(next.name()).map(Reference::generation);
            if (!current.equals(expected)) {
                throw new StasisException(
                        ErrorCode.STALE_GENERATION, "the reference " + next.name() + " was changed in between");
            }
            try {
                files.write(path(next.name()), next.encode());
            } catch (IOException e) {
                throw DiskErrors.of("setting a reference", e);
            }
        }
    }

    @Override
    public void dropReference(ReferenceName name) {
        synchronized (references) {
            try {
                files.remove(path(name));
            } catch (IOException e) {
                throw DiskErrors.of("dropping a reference", e);
            }
        }
    }

    @Override
    public List<ReferenceName> references(ReferenceName.Kind kind) {
        try {
            List<ReferenceName> names = new ArrayList<>();
            for (Path file : children(folder(kind))) {
                names.add(new ReferenceName(
                        kind, UUID.fromString(file.getFileName().toString())));
            }
            return names;
        } catch (IOException e) {
            throw DiskErrors.of("listing references", e);
        }
    }

    @Override
    public ByteCount free() {
        try {
            return ByteCount.ofBytes(Math.max(0, Files.getFileStore(root).getUsableSpace() - RESERVE.bytes()));
        } catch (IOException e) {
            throw DiskErrors.of("asking for free space", e);
        }
    }

    @Override
    public void probe() {
        try {
            Path file = root.resolve("temporary").resolve("probe-" + UUID.randomUUID());
            Files.write(file, MARKER_BYTES, StandardOpenOption.CREATE_NEW);
            Files.delete(file);
        } catch (IOException e) {
            throw DiskErrors.of("writing to the store", e);
        }
    }

    @Override
    public void close() {
        try {
            open.close();
            if (lock.isPresent()) {
                lock.get().channel().close();
            }
        } catch (IOException e) {
            throw DiskErrors.of("closing the store", e);
        }
    }

    private Optional<Reference> undamaged(ReferenceName name) {
        try {
            return reference(name);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.MALFORMED_OBJECT) {
                throw e;
            }
            LOG.errorf("A damaged reference is replaced reference=%s", name);
            return Optional.empty();
        }
    }

    private static FileLock lock(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // Somebody else in this process.
        }
        channel.close();
        throw new StasisException(
                ErrorCode.STORE_UNAVAILABLE,
                "another image service has this store open: stop it or use another directory");
    }

    private static void requireOurs(Path root) throws IOException {
        Path marker = root.resolve(MARKER);
        if (Files.exists(marker)) {
            if (!Arrays.equals(Files.readAllBytes(marker), MARKER_BYTES)) {
                throw new StasisException(
                        ErrorCode.UNSUPPORTED_FORMAT, "the store is of a version that this release does not know");
            }
            return;
        }
        List<String> expected =
                List.of("lock", "temporary", "packs", "manifests", "references", QUARANTINE, SERVICE_FOLDER);
        for (Path file : children(root)) {
            if (!expected.contains(file.getFileName().toString())) {
                throw new StasisException(
                        ErrorCode.UNSUPPORTED_FORMAT,
                        "the directory of the store holds something else: name an empty one in STASIS_STORE_DIR");
            }
        }
    }

    private static void makeFolders(Path root) throws IOException {
        Files.createDirectories(root.resolve("temporary"));
        Files.createDirectories(root.resolve("manifests"));
        Files.createDirectories(root.resolve(QUARANTINE));
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            Files.createDirectories(root.resolve("references").resolve(lowerCase(kind)));
        }
        for (int folder = 0; folder < PACK_FOLDERS; folder++) {
            Files.createDirectories(root.resolve("packs").resolve(HexFormat.of().toHexDigits((byte) folder)));
        }
        for (String folder : List.of("packs", "references", ".")) {
            try (FileChannel channel = FileChannel.open(root.resolve(folder))) {
                channel.force(true);
            }
        }
    }

    private Path path(ObjectName name) {
        String digits = name.digest().toString();
        return switch (name.kind()) {
            case PACK -> root.resolve("packs").resolve(digits.substring(0, 2)).resolve(digits);
            case MANIFEST -> root.resolve("manifests").resolve(digits);
        };
    }

    private Path path(ReferenceName name) {
        return folder(name.kind()).resolve(name.id().toString());
    }

    private Path folder(ReferenceName.Kind kind) {
        return root.resolve("references").resolve(lowerCase(kind));
    }

    private List<Path> folders(ObjectName.Kind kind) throws IOException {
        return switch (kind) {
            case PACK -> children(root.resolve("packs"));
            case MANIFEST -> List.of(root.resolve("manifests"));
        };
    }

    private static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        } catch (NoSuchFileException e) {
            // Copies are made by tools that leave empty folders out.
            return List.of();
        }
        return children;
    }

    private static Optional<Digest> digest(Path file) {
        try {
            return Optional.of(Digest.parse(file.getFileName().toString()));
        } catch (StasisException e) {
            return Optional.empty();
        }
    }

    private static String lowerCase(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static StasisException notFound(ObjectName name) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "the store has no " + name);
    }
}
