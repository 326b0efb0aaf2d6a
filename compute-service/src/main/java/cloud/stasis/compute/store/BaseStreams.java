package cloud.stasis.compute.store;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.NbdExport;
import cloud.stasis.disks.NbdServer;
import cloud.stasis.disks.StateFile;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/// Contents that guests run on while they are being fetched.
///
/// ```
///  begun       nbd/<index>.json names the content and its store; from here on a restart goes on with it
///  held        the store keeps the content, whatever becomes of the image: said again every minute until it is here
///  served      guest ── NBD ──► proxy ── NBD ──► this process ──► file, or store
///  fetched     base/<index>.raw is whole: the guests' disks are moved onto it, one after the other
///  ended       nobody reads from the network any more: server, proxy and record go
/// ```
///
/// The proxy outlives this process, so that a guest waits while it is away. Every byte that a guest gets was verified
/// here, against the content's index, as that of a content that is fetched first is.
public final class BaseStreams implements AutoCloseable {
    /// Contents fetched side by side; the others are served all the same.
    private static final int MAX_FETCHES = 4;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final Duration MOMENT = Duration.ofMillis(200);

    /// Much more often than the store forgets, also when it is started anew.
    private static final Duration HOLD_AGAIN_AFTER = Duration.ofMinutes(1);
    private static final String RECORD = ".json";

    /// What tells one content of a host from another, in names of sockets that must be short.
    private static final int NAME_LENGTH = 16;

    private static final Logger LOG = Logger.getLogger(BaseStreams.class);

    private final HostLayout layout;
    private final BaseFiles bases;
    private final Opener stores;
    private final Fronts fronts;
    private final ByteCount above;
    private final Map<IndexId, Stream> streams = new ConcurrentHashMap<>();
    private final Semaphore fetches = new Semaphore(MAX_FETCHES, true);
    private final ScheduledExecutorService holds = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("stream-holds").factory());
    private volatile Predicate<Content> settle = content -> false;

    /// Opens a store to read a content from it for as long as that takes, and to hold it.
    @FunctionalInterface
    public interface Opener {
        ContentStore open(URI store, IndexId content);
    }

    /// How far a content is.
    public record Arrival(ByteCount fetched, ByteCount size) {}

    /// Where guests find what this process serves.
    public interface Fronts {
        /// The export that a guest reads from; made if it is not there.
        NbdExport ensure(NbdExport ours);

        /// Nobody reads from it any more.
        void end(NbdExport ours);

        /// Guests of this process read from it without a detour.
        Fronts NONE = new Fronts() {
            @Override
            public NbdExport ensure(NbdExport ours) {
                return ours;
            }

            @Override
            public void end(NbdExport ours) {}
        };
    }

    /// What is on disk.
    record Begun(Content content, URI store) {}

    private record Stream(Begun begun, ContentStore store, StreamedBase source, NbdServer server) {
        Content content() {
            return begun.content();
        }
    }

    /// @param above contents larger than this are streamed, others are fetched first
    public BaseStreams(HostLayout layout, BaseFiles bases, Opener stores, Fronts fronts, ByteCount above) {
        this.layout = layout;
        this.bases = bases;
        this.stores = stores;
        this.fronts = fronts;
        this.above = above;
    }

    /// @param settled moves the disks that stand on a fetched content onto its file; says whether none is left
    /// that reads from the network
    public void onFetched(Predicate<Content> settled) {
        this.settle = settled;
    }

    /// Whether a new disk on this content is to run while it streams.
    public boolean wants(Content content) {
        return !bases.has(content) && (isStreaming(content) || content.size().compareTo(above) > 0);
    }

    public boolean isStreaming(Content content) {
        return isStreaming(content.index());
    }

    public boolean isStreaming(IndexId index) {
        return streams.containsKey(index);
    }

    /// Begins to serve and to fetch a content. Repeatable.
    public synchronized void begin(Content content, URI store) {
        if (!isStreaming(content)) {
            Begun begun = new Begun(content, store);
            record(content.index()).write(begun);
            serve(begun);
        }
    }

    /// Goes on with what a former process began, except for what nobody needs.
    public synchronized void resume() {
        for (Path file : HostFiles.list(layout.streams())) {
            if (file.toString().endsWith(RECORD)) {
                new StateFile<>(file, Begun.class).read().ifPresent(this::serve);
            }
        }
        trim();
        // Guests may still read from it, and its proxy may be gone.
        streams.values().forEach(stream -> fronts.ensure(stream.server().export()));
    }

    private void serve(Begun begun) {
        Content content = begun.content();
        Path part =
                layout.baseFile(content).resolveSibling(layout.baseFile(content).getFileName() + ".part");
        ContentStore store = stores.open(begun.store(), content.index());
        StreamedBase source = new StreamedBase(content, store, part, bases::requireReserve);
        Stream stream = new Stream(begun, store, source, NbdServer.open(source, export(content.index())));
        streams.put(content.index(), stream);
        holds.execute(() -> hold(stream));
        LOG.infof(
                "Streaming a content index=%s bytes=%d",
                content.index(), content.size().bytes());
        Thread.ofPlatform().daemon().name("stream-" + name(content.index())).start(() -> live(stream));
    }

    /// Where a guest reads a content that is not here yet.
    ///
    /// @throws StasisException `STORE_UNAVAILABLE` if not even its beginning can be had: QEMU reads that before
    /// a machine starts
    public Optional<NbdExport> export(Content content) {
        return Optional.ofNullable(streams.get(content.index()))
                .filter(stream -> !bases.has(content))
                .map(stream -> {
                    stream.source().prime();
                    return fronts.ensure(stream.server().export());
                });
    }

    /// How far a content is that streams.
    public Optional<Arrival> arrival(Content content) {
        return Optional.ofNullable(streams.get(content.index()))
                .map(stream -> new Arrival(stream.source().done(), content.size()));
    }

    /// Waits until a content that streams is here.
    public void await(Content content, TransferListener listener) {
        try {
            Stream stream = streams.get(content.index());
            while (stream != null && !stream.source().isComplete()) {
                listener.checkCancelled();
                listener.progressed(stream.source().await(MOMENT), content.size());
                stream = streams.get(content.index());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while a disk is fetched", e);
        }
    }

    /// Ends what no disk of this host needs any more.
    public void trim() {
        List<Stream> idle = new ArrayList<>();
        streams.forEach((index, stream) -> {
            if (!bases.isNeeded(index)) {
                idle.add(stream);
            }
        });
        idle.forEach(this::end);
    }

    /// Stops serving; a later process goes on.
    @Override
    public void close() {
        holds.shutdownNow();
        streams.values().forEach(stream -> {
            // First the server: whoever waits in it must see the connection go, and no error.
            stream.server().close();
            stream.source().close();
        });
        streams.clear();
    }

    // ---- on the thread of all holds

    private void hold(Stream stream) {
        if (!isAlive(stream) || stream.source().isComplete()) {
            return;
        }
        Duration pause = HOLD_AGAIN_AFTER;
        try {
            stream.store().hold(stream.content());
        } catch (StasisException e) {
            LOG.warnf(
                    "The store does not hold a content that streams index=%s code=%s",
                    stream.content().index(), e.code());
            pause = RETRY_AFTER;
        }
        holds.schedule(() -> hold(stream), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    // ---- on the stream's own thread

    private void live(Stream stream) {
        try {
            while (isAlive(stream) && !isFetched(stream)) {
                Thread.sleep(RETRY_AFTER);
            }
            while (isAlive(stream) && !isSettled(stream)) {
                Thread.sleep(RETRY_AFTER);
            }
            end(stream);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAlive(Stream stream) {
        return streams.get(stream.content().index()) == stream;
    }

    private boolean isFetched(Stream stream) throws InterruptedException {
        Content content = stream.content();
        fetches.acquire();
        try {
            stream.source().begin();
            stream.source().complete(bases.fetch(content, stream.store(), stream.source()));
            return true;
        } catch (StasisException e) {
            LOG.warnf("A content could not be fetched yet index=%s code=%s", content.index(), e.code());
            return false;
        } finally {
            fetches.release();
        }
    }

    private boolean isSettled(Stream stream) {
        try {
            return settle.test(stream.content());
        } catch (StasisException e) {
            LOG.warnf(
                    e,
                    "A disk still reads from the network index=%s",
                    stream.content().index());
            return false;
        }
    }

    private void end(Stream stream) {
        IndexId index = stream.content().index();
        if (streams.remove(index, stream)) {
            fronts.end(stream.server().export());
            stream.server().close();
            stream.source().close();
            record(index).delete();
            LOG.infof("A content streams no more index=%s", index);
        }
    }

    private StateFile<Begun> record(IndexId index) {
        return new StateFile<>(layout.streams().resolve(name(index) + RECORD), Begun.class);
    }

    private NbdExport export(IndexId index) {
        return new NbdExport(layout.streams().resolve(name(index)), name(index));
    }

    private static String name(IndexId index) {
        return index.toString().substring(0, NAME_LENGTH);
    }
}
