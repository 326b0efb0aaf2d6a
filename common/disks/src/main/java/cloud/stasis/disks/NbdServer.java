package cloud.stasis.disks;

import static cloud.stasis.disks.NbdWire.CMD_DISCONNECT;
import static cloud.stasis.disks.NbdWire.CMD_READ;
import static cloud.stasis.disks.NbdWire.REPLY_ERROR;
import static cloud.stasis.disks.NbdWire.REPLY_FLAG_DONE;
import static cloud.stasis.disks.NbdWire.REPLY_OFFSET_DATA;
import static cloud.stasis.disks.NbdWire.REQUEST_BYTES;
import static cloud.stasis.disks.NbdWire.REQUEST_MAGIC;
import static cloud.stasis.disks.NbdWire.STRUCTURED_REPLY_BYTES;
import static cloud.stasis.disks.NbdWire.STRUCTURED_REPLY_MAGIC;

import cloud.stasis.chunks.ContentSource;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/// Shows a source, which does not change, as a read-only export on a Unix socket. Answers overtake each other; a read
/// takes as long as the source takes for it. It speaks what QEMU, libnbd and [NbdClient] speak (fixed newstyle
/// handshake, structured replies) and nothing else: who breaks the protocol loses the connection.
public final class NbdServer implements AutoCloseable {
    /// The longest read that QEMU asks for.
    private static final int MAX_READ_BYTES = 32 << 20;

    /// What the reads of one connection may ask for at once, which bounds what they hold.
    private static final int MAX_BYTES_IN_FLIGHT = MAX_READ_BYTES;

    private static final int EIO = 5;
    private static final int EINVAL = 22;
    private static final Logger LOG = Logger.getLogger(NbdServer.class);

    private final ContentSource source;
    private final NbdExport export;
    private final ServerSocketChannel listening;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

    private NbdServer(ContentSource source, NbdExport export, ServerSocketChannel listening) {
        this.source = source;
        this.export = export;
        this.listening = listening;
    }

    /// Listens. A socket that a former process left there is replaced.
    public static NbdServer open(ContentSource source, NbdExport export) {
        HostFiles.delete(export.socket());
        try {
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(export.socket()));
            NbdServer server = new NbdServer(source, export, listening);
            Thread.ofVirtual().name("nbd-server").start(server::accept);
            return server;
        } catch (IOException e) {
            throw HostFiles.failure("listen on a socket", e);
        }
    }

    public NbdExport export() {
        return export;
    }

    @Override
    public void close() {
        closeQuietly(listening);
        connections.forEach(NbdServer::closeQuietly);
        HostFiles.delete(export.socket());
    }

    private static void closeQuietly(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            LOG.debug("A channel could not be closed", e);
        }
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                SocketChannel channel = listening.accept();
                connections.add(channel);
                Thread.ofVirtual().name("nbd-requests").start(() -> serve(channel));
            } catch (IOException e) {
                LOG.debugf(e, "No more connections socket=%s", export.socket());
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            if (listening.isOpen() && new NbdGreeting(channel, export.name(), source.size()).negotiate()) {
                new Connection(channel).answer();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debugf(e, "A connection has ended socket=%s", export.socket());
        } finally {
            connections.remove(channel);
        }
    }

    private record Request(short type, long handle, long offset, int length) {
        static Request of(ByteBuffer bytes) throws NbdException {
            if (bytes.getInt() != REQUEST_MAGIC) {
                throw new NbdException("the client sent something that is no request");
            }
            bytes.getShort();
            return new Request(bytes.getShort(), bytes.getLong(), bytes.getLong(), bytes.getInt());
        }
    }

    /// The transmission phase of one client.
    private final class Connection {
        private final SocketChannel channel;
        private final Semaphore inFlight = new Semaphore(MAX_BYTES_IN_FLIGHT);
        private final ReentrantLock sending = new ReentrantLock();

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void answer() throws IOException {
            ByteBuffer header = ByteBuffer.allocate(REQUEST_BYTES);
            while (true) {
                Channels.fill(channel, header.clear());
                Request request = Request.of(header.flip());
                switch (request.type()) {
                    case CMD_READ -> read(request);
                    case CMD_DISCONNECT -> {
                        return;
                    }
                    default -> throw new NbdException("the client asked for what the export does not offer");
                }
            }
        }

        private void read(Request request) throws IOException {
            boolean isWithin = request.length() > 0
                    && request.length() <= MAX_READ_BYTES
                    && request.offset() >= 0
                    && request.offset() <= source.size().bytes() - request.length();
            if (!isWithin) {
                error(request, EINVAL);
                return;
            }
            inFlight.acquireUninterruptibly(request.length());
            Thread.ofVirtual().name("nbd-read").start(() -> {
                try {
                    answer(request);
                } catch (IOException e) {
                    closeQuietly(channel);
                } finally {
                    inFlight.release(request.length());
                }
            });
        }

        private void answer(Request request) throws IOException {
            ByteBuffer reply = reply(request, REPLY_OFFSET_DATA, Long.BYTES + request.length());
            reply.putLong(request.offset());
            try {
                source.read(request.offset(), reply);
            } catch (IOException | RuntimeException e) {
                if (!listening.isOpen()) {
                    // Whoever comes after us answers it.
                    closeQuietly(channel);
                    return;
                }
                LOG.warnf(e, "A read of an export failed socket=%s offset=%d", export.socket(), request.offset());
                error(request, EIO);
                return;
            }
            send(reply.flip());
        }

        private void error(Request request, int error) throws IOException {
            send(reply(request, REPLY_ERROR, Integer.BYTES + Short.BYTES)
                    .putInt(error)
                    .putShort((short) 0)
                    .flip());
        }

        private static ByteBuffer reply(Request request, int type, int length) {
            return ByteBuffer.allocate(STRUCTURED_REPLY_BYTES + length)
                    .putInt(STRUCTURED_REPLY_MAGIC)
                    .putShort((short) REPLY_FLAG_DONE)
                    .putShort((short) type)
                    .putLong(request.handle())
                    .putInt(length);
        }

        private void send(ByteBuffer bytes) throws IOException {
            sending.lock();
            try {
                Channels.drain(bytes, channel);
            } finally {
                sending.unlock();
            }
        }
    }
}
