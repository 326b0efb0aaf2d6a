package cloud.stasis.compute.store;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// Fetches contents into base files and drops those that nobody needs, the longest unused first.
public final class BaseFiles {
    private static final Logger LOG = Logger.getLogger(BaseFiles.class);

    /// Contents fetched side by side; others wait, which loses nothing since they share the same link.
    private static final int MAX_FETCHES = 16;

    private static final String SUFFIX = ".raw";
    /// Shared by all disks that stand on it, and never written.
    private static final String READ_ONLY = "r--r--r--";

    private final HostLayout layout;
    private final ByteCount limit;
    private final FreeSpace space;
    private final Clock clock;
    private final Supplier<Set<IndexId>> needed;
    private final List<ReentrantLock> fetching;
    private final List<IndexId> held = new ArrayList<>();

    /// @param limit of what the files occupy together; those that are needed may exceed it
    /// @param needed the contents that disks and kernels of this host stand on
    public BaseFiles(HostLayout layout, ByteCount limit, FreeSpace space, Clock clock, Supplier<Set<IndexId>> needed) {
        this.layout = layout;
        this.limit = limit;
        this.space = space;
        this.clock = clock;
        this.needed = needed;
        this.fetching = Stream.generate(ReentrantLock::new).limit(MAX_FETCHES).toList();
    }

    public boolean has(Content content) {
        return Files.isRegularFile(layout.baseFile(content));
    }

    /// How much of these would have to be fetched.
    public ByteCount missing(Collection<Content> contents) {
        return contents.stream()
                .filter(content -> !has(content))
                .map(Content::size)
                .reduce(ByteCount.ZERO, ByteCount::plus);
    }

    /// Keeps contents in the cache until it is closed, by when disks that are known stand on them.
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    public Hold hold(Collection<Content> contents) {
        List<IndexId> indexes = contents.stream().map(Content::index).toList();
        synchronized (held) {
            held.addAll(indexes);
        }
        return () -> {
            synchronized (held) {
                // One for one: others may hold the same.
                indexes.forEach(held::remove);
            }
        };
    }

    /// The raw file of a content, fetched if it is not here.
    public Path fetch(Content content, ContentStore store, TransferListener listener) {
        ReentrantLock lock = lock(content.index());
        lock.lock();
        try {
            Path file = layout.baseFile(content);
            if (!has(content)) {
                space.requireReserve();
                store.download(content, file, listener);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(READ_ONLY));
                LOG.infof(
                        "Fetched a content index=%s bytes=%d",
                        content.index(), content.size().bytes());
            }
            // When it was used last, for the choice of what goes first.
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            return file;
        } catch (IOException e) {
            throw HostFiles.failure("keep a fetched content", e);
        } finally {
            lock.unlock();
        }
    }

    private ReentrantLock lock(IndexId index) {
        return fetching.get(Math.floorMod(index.hashCode(), MAX_FETCHES));
    }

    void requireReserve() {
        space.requireReserve();
    }

    /// Whether a disk or kernel of this host stands on a content, or is about to.
    boolean isNeeded(IndexId index) {
        synchronized (held) {
            if (held.contains(index)) {
                return true;
            }
        }
        return needed.get().contains(index);
    }

    /// Drops what exceeds the limit. One at a time: two would drop the same files.
    public synchronized void trim() {
        Set<String> kept = new HashSet<>();
        synchronized (held) {
            held.forEach(index -> kept.add(index + SUFFIX));
        }
        needed.get().forEach(index -> kept.add(index + SUFFIX));
        List<Entry> entries = new ArrayList<>();
        for (Path file : HostLayout.list(layout.base())) {
            String name = file.getFileName().toString();
            if (name.endsWith(SUFFIX)) {
                entries.add(Entry.of(file));
            }
        }
        long occupied = entries.stream().mapToLong(Entry::occupied).sum();
        entries.sort(Comparator.comparing(Entry::used));
        for (Entry entry : entries) {
            if (occupied <= limit.bytes()) {
                return;
            }
            if (!kept.contains(entry.file().getFileName().toString())) {
                HostFiles.delete(entry.file());
                occupied -= entry.occupied();
                LOG.infof(
                        "Dropped a content from the cache file=%s", entry.file().getFileName());
            }
        }
    }

    private record Entry(Path file, FileTime used, long occupied) {
        static Entry of(Path file) {
            try {
                return new Entry(file, Files.getLastModifiedTime(file), SparseFile.occupied(file));
            } catch (IOException e) {
                throw HostFiles.failure("look at a cached content", e);
            }
        }
    }
}
