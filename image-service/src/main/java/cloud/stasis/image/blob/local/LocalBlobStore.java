package cloud.stasis.image.blob.local;

import cloud.stasis.chunks.DiskErrors;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.StoreMarker;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/// A store in a directory of this machine, or in one that several machines share.
public final class LocalBlobStore implements BlobStore {
    /// A folder in the store's directory that is not the store's: what the service that has it open must not
    /// forget.
    public static final String SERVICE_FOLDER = "service";

    /// Kept free of objects, so that references can be set and dropped on a disk that is full of them.
    static final ByteCount RESERVE = ByteCount.ofMib(16);

    private static final Logger LOG = Logger.getLogger(LocalBlobStore.class);

    private final StoreFolders folders;
    private final StoreLock lock;
    private final Optional<TemporaryFolder> temporary;
    private final DurableFiles files;
    private final OpenFiles open = new OpenFiles();

    private LocalBlobStore(
            StoreFolders folders, StoreLock lock, Optional<TemporaryFolder> temporary, DurableFiles files) {
        this.folders = folders;
        this.lock = lock;
        this.temporary = temporary;
        this.files = files;
    }

    /// Opens the store in `root`, or makes one if the directory is empty or absent.
    ///
    /// @throws StasisException `UNSUPPORTED_FORMAT` if there is something else, or a store of another version
    public static LocalBlobStore open(Path root) {
        return open(root, _ -> {});
    }

    /// The store in `root` as it lies there, for who only looks: nothing is locked, made or removed, so that it
    /// may be a copy on a medium that cannot be written, or a store that a service has open. To be wrapped so
    /// that nothing is written, see [cloud.stasis.image.blob.ReadOnlyBlobStore].
    ///
    /// @throws StasisException `UNSUPPORTED_FORMAT` if there is no store, or one of another version
    public static LocalBlobStore look(Path root) {
        try {
            StoreFolders folders = new StoreFolders(root);
            if (!Files.exists(folders.marker())) {
                throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "there is no store in " + root);
            }
            folders.requireOurs();
            return new LocalBlobStore(
                    folders,
                    new StoreLock(folders.root()),
                    Optional.empty(),
                    new DurableFiles(folders.temporary(), _ -> {}));
        } catch (IOException e) {
            throw DiskErrors.of("looking at a store", e);
        }
    }

    static LocalBlobStore open(Path root, Consumer<WritePoint> reached) {
        try {
            Files.createDirectories(root);
            StoreFolders folders = new StoreFolders(root);
            folders.requireOurs();
            StoreLock lock = new StoreLock(folders.root());
            List<LocalBlobStore> opened = new ArrayList<>();
            lock.alone(() -> {
                folders.make();
                TemporaryFolder temporary = TemporaryFolder.in(folders.temporary());
                DurableFiles files = new DurableFiles(temporary.path(), reached);
                if (!Files.exists(folders.marker())) {
                    files.write(folders.marker(), StoreMarker.bytes());
                }
                opened.add(new LocalBlobStore(folders, lock, Optional.of(temporary), files));
            });
            return opened.getFirst();
        } catch (IOException e) {
            throw DiskErrors.of("opening the store", e);
        }
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        Path file = folders.of(name);
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
        return Files.exists(folders.of(name));
    }

    @Override
    public List<ObjectName> find(ObjectName.Kind kind, Digest digest) {
        List<ObjectName> found = new ArrayList<>();
        list(kind, (name, _) -> {
            if (name.digest().equals(digest)) {
                found.add(name);
            }
        });
        return found;
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        try (FileChannel file = FileChannel.open(folders.of(name))) {
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
            if (!open.read(folders.of(name), offset, into)) {
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
            for (Path folder : folders.holding(kind)) {
                for (Path file : StoreFolders.children(folder)) {
                    tell(kind, file, consumer);
                }
            }
        } catch (IOException e) {
            throw DiskErrors.of("listing the store", e);
        }
    }

    private static void tell(ObjectName.Kind kind, Path file, BiConsumer<ObjectName, ByteCount> consumer)
            throws IOException {
        ObjectName name;
        long size;
        try {
            name = ObjectName.parse(kind, file.getFileName().toString());
            size = Files.size(file);
        } catch (NoSuchFileException e) {
            // Removed meanwhile.
            return;
        } catch (StasisException e) {
            LOG.warnf("A file in the store is not ours file=%s", file);
            return;
        }
        consumer.accept(name, ByteCount.ofBytes(size));
    }

    @Override
    public void quarantine(ObjectName name) {
        try {
            files.move(folders.of(name), folders.quarantined(name));
            open.forget(folders.of(name));
        } catch (NoSuchFileException e) {
            LOG.debugf("There is nothing to take out of sight object=%s", name);
        } catch (IOException e) {
            throw DiskErrors.of("taking a damaged object out of sight", e);
        }
    }

    @Override
    public void delete(ObjectName name) {
        try {
            files.remove(folders.of(name));
            open.forget(folders.of(name));
        } catch (IOException e) {
            throw DiskErrors.of("deleting an object", e);
        }
    }

    @Override
    public Optional<byte[]> note(NoteName name) {
        try {
            Path file = folders.of(name);
            if (Files.size(file) > NoteName.MAX_BYTES) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the note " + name + " is damaged");
            }
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw DiskErrors.of("reading a note", e);
        }
    }

    @Override
    public void setNote(NoteName name, Optional<byte[]> expected, byte[] next) {
        try {
            lock.alone(() -> {
                Optional<byte[]> current = note(name);
                if (!Arrays.equals(current.orElse(null), expected.orElse(null))) {
                    throw stale(name);
                }
                files.write(folders.of(name), next);
            });
        } catch (IOException e) {
            throw DiskErrors.of("setting a note", e);
        }
    }

    @Override
    public void dropNote(NoteName name) {
        try {
            lock.alone(() -> files.remove(folders.of(name)));
        } catch (IOException e) {
            throw DiskErrors.of("dropping a note", e);
        }
    }

    @Override
    public void dropNote(NoteName name, byte[] expected) {
        try {
            lock.alone(() -> {
                Optional<byte[]> current = note(name);
                if (current.isPresent() && !Arrays.equals(current.get(), expected)) {
                    throw stale(name);
                }
                files.remove(folders.of(name));
            });
        } catch (IOException e) {
            throw DiskErrors.of("dropping a note", e);
        }
    }

    @Override
    public List<NoteName> notes(NoteName.Folder folder) {
        try {
            return StoreFolders.children(folders.of(folder)).stream()
                    .map(file -> file.getFileName().toString())
                    .filter(NoteName::isName)
                    .map(file -> new NoteName(folder, file))
                    .toList();
        } catch (IOException e) {
            throw DiskErrors.of("listing notes", e);
        }
    }

    @Override
    public ByteCount free() {
        try {
            return ByteCount.ofBytes(
                    Math.max(0, Files.getFileStore(folders.root()).getUsableSpace() - RESERVE.bytes()));
        } catch (IOException e) {
            throw DiskErrors.of("asking for free space", e);
        }
    }

    @Override
    public void probe() {
        try {
            Path file = temporary
                    .map(TemporaryFolder::path)
                    .orElseGet(folders::temporary)
                    .resolve("probe-" + UUID.randomUUID());
            Files.write(file, StoreMarker.bytes(), StandardOpenOption.CREATE_NEW);
            Files.delete(file);
        } catch (IOException e) {
            throw DiskErrors.of("writing to the store", e);
        }
    }

    @Override
    public void close() {
        try {
            open.close();
            if (temporary.isPresent()) {
                temporary.get().close();
            }
        } catch (IOException e) {
            throw DiskErrors.of("closing the store", e);
        }
    }

    private static StasisException stale(NoteName name) {
        return new StasisException(ErrorCode.STALE_GENERATION, "the note " + name + " was changed in between");
    }

    private static StasisException notFound(ObjectName name) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "the store has no " + name);
    }
}
