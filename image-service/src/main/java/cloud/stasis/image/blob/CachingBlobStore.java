package cloud.stasis.image.blob;

import cloud.stasis.chunks.DiskErrors;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/// Keeps packs that are read often in files of this machine, up to a bound. A pack of a bucket is about a hundred
/// chunks, and a restore reads them one by one: so the first few ranges are fetched as they are, and then the pack
/// is fetched whole, once, whoever waits for it.
///
/// Objects never change, so nothing in here is ever out of date; who reads a blob verifies it. Whole objects are not
/// served from here, so that a scrub reads what is in the store; and since who asks for one may have met a file here
/// that rotted, it is forgotten. The folder is empty at each start.
public final class CachingBlobStore extends BlobStoreDecorator {
    private static final Logger LOG = Logger.getLogger(CachingBlobStore.class);

    /// Ranges that are fetched as they are: who looks for the directory of a pack reads one, who walks an index some.
    private static final int READS_BEFORE = 3;

    /// Packs whose reads are counted.
    private static final int MOST_COUNTED = 100_000;

    /// The largest pack.
    private static final ByteCount MOST_OF_ONE = ByteCount.ofMib(16);

    private record Cached(FileChannel file, long size) {}

    private final Path folder;
    private final long most;
    private final Map<ObjectName, Integer> reads = new ConcurrentHashMap<>();
    private final Map<ObjectName, Object> fetching = new ConcurrentHashMap<>();
    private final LinkedHashMap<ObjectName, Cached> files = new LinkedHashMap<>(16, 0.75f, true);
    private long total;

    private CachingBlobStore(BlobStore store, Path folder, ByteCount most) {
        super(store);
        this.folder = folder;
        this.most = most.bytes();
    }

    /// @param folder for nothing else; what lies in it is removed
    public static CachingBlobStore in(Path folder, BlobStore store, ByteCount most) {
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
                for (Path file : left) {
                    Files.delete(file);
                }
            }
            return new CachingBlobStore(store, folder, most);
        } catch (IOException e) {
            throw DiskErrors.of("opening the cache of the store", e);
        }
    }

    @Override
    public void read(ObjectName name, long offset, ByteBuffer into) {
        if (readCached(name, offset, into)) {
            return;
        }
        if (reads.size() > MOST_COUNTED) {
            reads.clear();
        }
        if (name.kind() != ObjectName.Kind.PACK || reads.merge(name, 1, Integer::sum) <= READS_BEFORE) {
            store.read(name, offset, into);
            return;
        }
        synchronized (fetching.computeIfAbsent(name, _ -> new Object())) {
            if (!isCached(name)) {
                fetch(name);
            }
        }
        fetching.remove(name);
        if (!readCached(name, offset, into)) {
            store.read(name, offset, into);
        }
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        forget(name);
        return store.get(name, limit);
    }

    @Override
    public void delete(ObjectName name) {
        forget(name);
        store.delete(name);
    }

    @Override
    public void quarantine(ObjectName name) {
        forget(name);
        store.quarantine(name);
    }

    @Override
    public void close() {
        synchronized (files) {
            files.keySet().stream().toList().forEach(this::forget);
        }
        store.close();
    }

    private boolean isCached(ObjectName name) {
        synchronized (files) {
            return files.containsKey(name);
        }
    }

    /// @return false if it is not here, or no longer
    private boolean readCached(ObjectName name, long offset, ByteBuffer into) {
        Optional<Cached> cached;
        synchronized (files) {
            cached = Optional.ofNullable(files.get(name));
        }
        if (cached.isEmpty() || offset + into.remaining() > cached.get().size) {
            return false;
        }
        int start = into.position();
        try {
            long at = offset;
            while (into.hasRemaining()) {
                int count = cached.get().file.read(into, at);
                if (count < 0) {
                    into.position(start);
                    return false;
                }
                at += count;
            }
            return true;
        } catch (IOException e) {
            // Another thread made room, or the disk is ill: the store has it as well.
            LOG.debugf("A cached pack could not be read object=%s", name);
            forget(name);
            into.position(start);
            return false;
        }
    }

    private void fetch(ObjectName name) {
        byte[] bytes = store.get(name, MOST_OF_ONE);
        if (bytes.length > most) {
            return;
        }
        Path file = folder.resolve(name.file());
        try {
            Files.write(file, bytes);
            FileChannel channel = FileChannel.open(file);
            // What is open stays readable; nobody has to tidy up after a kill.
            Files.delete(file);
            synchronized (files) {
                files.put(name, new Cached(channel, bytes.length));
                total += bytes.length;
                while (total > most) {
                    forget(files.firstEntry().getKey());
                }
            }
        } catch (IOException e) {
            LOG.warnf("The cache of the store cannot be written object=%s reason=%s", name, e.getMessage());
        }
    }

    private void forget(ObjectName name) {
        synchronized (files) {
            Cached cached = files.remove(name);
            if (cached != null) {
                total -= cached.size;
                try {
                    cached.file.close();
                } catch (IOException e) {
                    LOG.debugf("A cached pack could not be closed object=%s", name);
                }
            }
        }
    }
}
