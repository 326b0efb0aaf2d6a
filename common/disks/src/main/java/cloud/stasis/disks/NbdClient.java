package cloud.stasis.disks;

import static cloud.stasis.disks.NbdWire.CMD_BLOCK_STATUS;
import static cloud.stasis.disks.NbdWire.CMD_DISCONNECT;
import static cloud.stasis.disks.NbdWire.CMD_READ;
import static cloud.stasis.disks.NbdWire.REPLY_BLOCK_STATUS;
import static cloud.stasis.disks.NbdWire.REPLY_ERROR_BIT;
import static cloud.stasis.disks.NbdWire.REPLY_FLAG_DONE;
import static cloud.stasis.disks.NbdWire.REPLY_NONE;
import static cloud.stasis.disks.NbdWire.REPLY_OFFSET_DATA;
import static cloud.stasis.disks.NbdWire.REPLY_OFFSET_HOLE;
import static cloud.stasis.disks.NbdWire.REQUEST_BYTES;
import static cloud.stasis.disks.NbdWire.REQUEST_MAGIC;
import static cloud.stasis.disks.NbdWire.SIMPLE_REPLY_BYTES;
import static cloud.stasis.disks.NbdWire.SIMPLE_REPLY_MAGIC;
import static cloud.stasis.disks.NbdWire.STRUCTURED_REPLY_BYTES;
import static cloud.stasis.disks.NbdWire.STRUCTURED_REPLY_MAGIC;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// Reads one export of an NBD server over one connection: data, and what the server knows about ranges of it.
///
/// ```
///  callers ── request ──► socket ──► server
///     ▲                                 │
///     └── NbdCall by its handle ◄── one reading thread
/// ```
///
/// Requests of any number of threads are on their way at once; a large read is cut into pieces that overtake each
/// other. A server that does not answer in time ends the connection, and with it every call: there is no telling
/// what a late answer would be written into.
public final class NbdClient implements ContentSource, AutoCloseable {
    /// Bytes of one read request. Larger ones gain nothing (0.9 GB/s at 1 MiB), QEMU refuses more than 32 MiB.
    private static final int PIECE_BYTES = 1 << 20;
    /// Read requests on their way at once; with pieces of 1 MiB this is the memory that QEMU holds for us.
    private static final int MAX_IN_FLIGHT = 16;
    /// Bytes that one block status request asks about: below the 32-bit limit and aligned to any block size.
    private static final long STATUS_BYTES = 1L << 30;
    /// A disk that stalls for longer is broken. Write-back of a full page cache was seen to stall one for 44 s.
    private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(90);

    private final SocketChannel channel;
    private final NbdHandshake.Export export;
    private final Map<Long, NbdCall> calls = new ConcurrentHashMap<>();
    private final AtomicLong nextHandle = new AtomicLong(1);
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private final ReentrantLock sending = new ReentrantLock();
    private volatile IOException broken = new NbdException("the connection is closed");
    private volatile boolean open = true;

    private NbdClient(SocketChannel channel, NbdHandshake.Export export) {
        this.channel = channel;
        this.export = export;
    }

    /// Connects and negotiates.
    ///
    /// @param wanted contexts to ask about later; one that the server does not offer is an error
    /// @throws NbdException if nobody answers within `deadline`, or the server lacks the export or a context
    public static NbdClient connect(NbdExport where, List<MetaContext> wanted, Duration deadline) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(where.socket()));
        CompletableFuture<NbdHandshake.Export> negotiated = new CompletableFuture<>();
        Thread.ofVirtual().name("nbd-handshake").start(() -> {
            try {
                negotiated.complete(new NbdHandshake(channel).negotiate(where.name(), wanted));
            } catch (IOException | RuntimeException e) {
                negotiated.completeExceptionally(e);
            }
        });
        try {
            NbdClient client = new NbdClient(channel, await(negotiated, deadline));
            Thread.ofVirtual().name("nbd-replies").start(client::receive);
            return client;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public ByteCount size() {
        return export.size();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        List<NbdCall> pieces = new ArrayList<>();
        try {
            while (into.hasRemaining()) {
                int length = Math.min(PIECE_BYTES, into.remaining());
                ByteBuffer piece = into.slice(into.position(), length);
                into.position(into.position() + length);
                pieces.add(send(new NbdCall.Read(offset, piece)));
                offset += length;
            }
        } finally {
            awaitAll(pieces);
        }
    }

    /// What the server knows about a range, in order, without gaps, neighbours of equal flags merged.
    public List<BlockStatus> blockStatus(MetaContext context, Extent range) throws IOException {
        Integer id = export.contexts().get(context);
        if (id == null) {
            throw new NbdException("the context was not negotiated: " + context.name());
        }
        List<BlockStatus> found = new ArrayList<>();
        long at = range.offset();
        while (at < range.end()) {
            NbdCall.Status call = new NbdCall.Status(id, new Extent(at, Math.min(STATUS_BYTES, range.end() - at)));
            send(call);
            awaitAll(List.of(call));
            long answered = at;
            for (BlockStatus status : call.statuses()) {
                append(found, status);
                answered = status.extent().end();
            }
            if (answered == at) {
                throw new NbdException("the server gave no answer for " + context.name() + " at " + at);
            }
            at = answered;
        }
        return List.copyOf(found);
    }

    /// Over the whole export.
    public List<BlockStatus> blockStatus(MetaContext context) throws IOException {
        return blockStatus(context, new Extent(0, size().bytes()));
    }

    @Override
    public void close() {
        if (open) {
            ByteBuffer goodbye = request(CMD_DISCONNECT, 0, 0, 0);
            try {
                write(goodbye);
            } catch (IOException e) {
                // It is closed all the same, and the server notices.
            }
            end(new NbdException("the connection is closed"));
        }
    }

    private static void append(List<BlockStatus> found, BlockStatus next) {
        if (!found.isEmpty() && found.getLast().flags() == next.flags()) {
            BlockStatus last = found.removeLast();
            long start = last.extent().offset();
            found.add(new BlockStatus(new Extent(start, next.extent().end() - start), next.flags()));
        } else {
            found.add(next);
        }
    }

    private NbdCall send(NbdCall call) throws IOException {
        try {
            if (!inFlight.tryAcquire(ANSWER_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw timedOut();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NbdException("interrupted while waiting for the server", e);
        }
        long handle = nextHandle.getAndIncrement();
        calls.put(handle, call);
        call.answered().whenComplete((ok, failure) -> inFlight.release());
        try {
            write(
                    switch (call) {
                        case NbdCall.Read read -> request(CMD_READ, handle, read.offset(), read.length());
                        case NbdCall.Status status ->
                            request(CMD_BLOCK_STATUS, handle, status.range().offset(), (int)
                                    status.range().length());
                    });
        } catch (IOException e) {
            end(e);
        }
        if (!open) {
            // The reading thread may have ended between our look and our entry.
            end(broken);
        }
        return call;
    }

    private static ByteBuffer request(int type, long handle, long offset, int length) {
        return ByteBuffer.allocate(REQUEST_BYTES)
                .putInt(REQUEST_MAGIC)
                .putShort((short) 0)
                .putShort((short) type)
                .putLong(handle)
                .putLong(offset)
                .putInt(length)
                .flip();
    }

    private void write(ByteBuffer request) throws IOException {
        sending.lock();
        try {
            while (request.hasRemaining()) {
                channel.write(request);
            }
        } finally {
            sending.unlock();
        }
    }

    /// Waits for all, also when one failed: their buffers belong to the caller again afterwards.
    private void awaitAll(List<? extends NbdCall> pieces) throws IOException {
        IOException failure = null;
        for (NbdCall piece : pieces) {
            try {
                await(piece.answered(), ANSWER_DEADLINE);
            } catch (IOException e) {
                if (e.getCause() instanceof TimeoutException) {
                    end(timedOut());
                }
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static <T> T await(CompletableFuture<T> answer, Duration deadline) throws IOException {
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            String message = e.getCause() instanceof NbdException known ? known.getMessage() : "the connection broke";
            throw new NbdException(message == null ? "NBD failed" : message, e.getCause());
        } catch (TimeoutException e) {
            throw new NbdException("the NBD server did not answer within " + deadline, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NbdException("interrupted while waiting for the server", e);
        }
    }

    private static NbdException timedOut() {
        return new NbdException("the NBD server did not answer within " + ANSWER_DEADLINE);
    }

    /// The reading thread: hands each reply to the call that waits for it until the connection ends.
    private void receive() {
        ByteBuffer header = ByteBuffer.allocate(STRUCTURED_REPLY_BYTES);
        try {
            while (open) {
                Channels.fill(channel, header.clear().limit(SIMPLE_REPLY_BYTES));
                switch (header.getInt(0)) {
                    case SIMPLE_REPLY_MAGIC -> simpleReply(header.flip());
                    case STRUCTURED_REPLY_MAGIC -> {
                        Channels.fill(channel, header.limit(STRUCTURED_REPLY_BYTES));
                        structuredReply(header.flip());
                    }
                    default -> throw new NbdException("the server sent something that is no reply");
                }
            }
        } catch (IOException | RuntimeException e) {
            end(e instanceof IOException io ? io : new NbdException("a reply could not be understood", e));
        }
    }

    private void simpleReply(ByteBuffer header) throws IOException {
        int error = header.getInt(4);
        NbdCall call = call(header.getLong(8));
        if (error == 0) {
            throw new NbdException("the server sent a simple reply although structured ones were agreed");
        }
        calls.remove(header.getLong(8));
        call.fail(error);
    }

    private void structuredReply(ByteBuffer header) throws IOException {
        boolean done = (header.getShort(4) & REPLY_FLAG_DONE) != 0;
        int type = header.getShort(6) & 0xffff;
        long handle = header.getLong(8);
        int length = header.getInt(16);
        NbdCall call = call(handle);
        if ((type & REPLY_ERROR_BIT) != 0) {
            ByteBuffer payload = payload(length);
            call.note(payload.getInt());
        } else {
            switch (type) {
                case REPLY_NONE -> payload(length);
                case REPLY_OFFSET_DATA -> call.data(payload(Long.BYTES).getLong(), length - Long.BYTES, channel);
                case REPLY_OFFSET_HOLE -> call.hole(payload(length));
                case REPLY_BLOCK_STATUS -> call.status(payload(length));
                default -> throw new NbdException("the server sent a reply of unknown type " + type);
            }
        }
        if (done) {
            calls.remove(handle);
            call.finish();
        }
    }

    private NbdCall call(long handle) throws NbdException {
        NbdCall call = calls.get(handle);
        if (call == null) {
            throw new NbdException("the server answered something that was not asked");
        }
        return call;
    }

    private ByteBuffer payload(int length) throws IOException {
        // A block status answer has 8 bytes for each extent, an error at most a 4 KiB message.
        if (length < 0 || length > PIECE_BYTES) {
            throw new NbdException("the server sent a reply of " + length + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(length);
        Channels.fill(channel, payload);
        return payload.flip();
    }

    private void end(IOException reason) {
        broken = reason;
        open = false;
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is left that could be done about it.
        }
        for (Long handle : List.copyOf(calls.keySet())) {
            NbdCall call = calls.remove(handle);
            if (call != null) {
                call.answered().completeExceptionally(reason);
            }
        }
    }
}
