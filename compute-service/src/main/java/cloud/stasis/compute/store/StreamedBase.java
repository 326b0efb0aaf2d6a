package cloud.stasis.compute.store;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// A content that can be read while it is being fetched: from the file as far as that has come, else from the
/// store, at once. All bytes are verified either way. A read that the store cannot answer waits until it can, or until
/// this is closed: a guest that waits goes on, a guest that was told of an error does not.
final class StreamedBase implements ContentSource, TransferListener, AutoCloseable {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    /// What is asked of the store at once: who boots reads on.
    private static final int WINDOW = 8 * LEAF;

    /// 16 MiB for each content that streams.
    private static final int MAX_WINDOWS = 32;

    /// On demand, at once.
    private static final int MAX_FETCHES = 16;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Logger LOG = Logger.getLogger(StreamedBase.class);

    private final Content content;
    private final ContentStore store;
    private final Path part;
    private final Runnable room;
    private final BitSet present = new BitSet();
    /// So that what several wait for is fetched once.
    private final List<ReentrantLock> fetching =
            Stream.generate(ReentrantLock::new).limit(MAX_FETCHES).toList();

    private final Map<Long, byte[]> windows = new LinkedHashMap<>(MAX_WINDOWS, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > MAX_WINDOWS;
        }
    };
    private @Nullable FileChannel file;
    private ByteCount done = ByteCount.ZERO;
    private boolean isComplete;
    private boolean isClosed;

    /// @param part where the fetch puts it before it is whole
    /// @param room throws if the host has none left for it
    StreamedBase(Content content, ContentStore store, Path part, Runnable room) {
        this.content = content;
        this.store = store;
        this.part = part;
        this.room = room;
    }

    @Override
    public ByteCount size() {
        return content.size();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int length = (int) Math.min(into.remaining(), LEAF - at % LEAF);
            ByteBuffer piece = into.slice(into.position(), length);
            if (!readFile(at, piece)) {
                readWindow(at, piece);
            }
            into.position(into.position() + length);
            at += length;
        }
    }

    /// Makes sure that the beginning is at hand: whoever starts a machine reads it, and must not wait there.
    ///
    /// @throws StasisException as the store does
    void prime() {
        int length = (int) Math.min(WINDOW, content.size().bytes());
        ReentrantLock lock = fetching.getFirst();
        lock.lock();
        try {
            if (length > 0 && !isComplete() && remembered(0) == null) {
                byte[] window = new byte[length];
                store.read(content, 0, ByteBuffer.wrap(window));
                remember(0, window);
            }
        } finally {
            lock.unlock();
        }
    }

    /// @return false if the file has it not yet
    private boolean readFile(long offset, ByteBuffer into) throws IOException {
        FileChannel from;
        synchronized (this) {
            if (file == null || !isComplete && !present.get((int) (offset / LEAF))) {
                return false;
            }
            from = file;
        }
        int start = into.position();
        try {
            long at = offset;
            while (into.hasRemaining()) {
                int read = from.read(into, at);
                if (read < 0) {
                    throw new IOException("a fetched content is shorter than it was");
                }
                at += read;
            }
        } catch (ClosedChannelException e) {
            // The fetch begins anew, and this with it.
            into.position(start);
            return false;
        }
        return true;
    }

    private void readWindow(long offset, ByteBuffer into) throws IOException {
        long number = offset / WINDOW;
        ReentrantLock lock = fetching.get((int) (number % fetching.size()));
        byte[] window;
        lock.lock();
        try {
            window = remembered(number);
            if (window == null) {
                window = await(number);
                remember(number, window);
            }
        } finally {
            lock.unlock();
        }
        into.put(window, (int) (offset % WINDOW), into.remaining());
    }

    private byte @Nullable [] remembered(long number) {
        synchronized (windows) {
            return windows.get(number);
        }
    }

    private void remember(long number, byte[] window) {
        synchronized (windows) {
            windows.put(number, window);
        }
    }

    private byte[] await(long number) throws IOException {
        long start = number * WINDOW;
        byte[] window = new byte[(int) Math.min(WINDOW, content.size().bytes() - start)];
        for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
            try {
                store.read(content, start, ByteBuffer.wrap(window));
                return window;
            } catch (StasisException e) {
                if (pause.equals(FIRST_PAUSE)) {
                    LOG.warnf(
                            "A guest waits for the store index=%s offset=%d code=%s", content.index(), start, e.code());
                }
            }
            pause(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private synchronized void pause(Duration pause) throws IOException {
        try {
            if (!isClosed) {
                wait(pause.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the store is away", e);
        }
        if (isClosed) {
            throw new IOException("the content is not served any more");
        }
    }

    // ---- told by the fetch

    /// The fetch begins, or begins anew: what it had is gone.
    synchronized void begin() {
        closeFile();
        present.clear();
        done = ByteCount.ZERO;
    }

    @Override
    public synchronized void written(Extent run) {
        if (file == null) {
            file = open(part);
        }
        present.set((int) (run.offset() / LEAF), (int) Math.ceilDiv(run.end(), (long) LEAF));
    }

    @Override
    public synchronized void progressed(ByteCount bytes, ByteCount total) {
        done = bytes;
        notifyAll();
    }

    @Override
    public void checkCancelled() {
        room.run();
        if (isClosed()) {
            throw new StasisException(ErrorCode.CANCELLED, "nothing on this host needs the content any more");
        }
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    /// All of it is in its file.
    synchronized void complete(Path whole) {
        if (file == null) {
            file = open(whole);
        }
        isComplete = true;
        done = content.size();
        notifyAll();
    }

    synchronized boolean isComplete() {
        return isComplete;
    }

    /// How much of it is in its file.
    synchronized ByteCount done() {
        return done;
    }

    /// Waits for the next news, a moment at most.
    ///
    /// @return how much of it is here
    synchronized ByteCount await(Duration moment) throws InterruptedException {
        if (!isComplete && !isClosed) {
            wait(moment.toMillis());
        }
        return done;
    }

    private static FileChannel open(Path path) {
        try {
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (IOException e) {
            throw HostFiles.failure("read a content that is being fetched", e);
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        closeFile();
        notifyAll();
    }

    private void closeFile() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // It was only read.
            }
            file = null;
        }
    }
}
