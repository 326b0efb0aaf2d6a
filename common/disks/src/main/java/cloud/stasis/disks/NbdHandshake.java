package cloud.stasis.disks;

import static cloud.stasis.disks.NbdWire.FLAG_FIXED_NEWSTYLE;
import static cloud.stasis.disks.NbdWire.FLAG_NO_ZEROES;
import static cloud.stasis.disks.NbdWire.IHAVEOPT;
import static cloud.stasis.disks.NbdWire.INFO_EXPORT;
import static cloud.stasis.disks.NbdWire.NBDMAGIC;
import static cloud.stasis.disks.NbdWire.OPTION_REPLY_MAGIC;
import static cloud.stasis.disks.NbdWire.OPT_GO;
import static cloud.stasis.disks.NbdWire.OPT_SET_META_CONTEXT;
import static cloud.stasis.disks.NbdWire.OPT_STRUCTURED_REPLY;
import static cloud.stasis.disks.NbdWire.REP_ACK;
import static cloud.stasis.disks.NbdWire.REP_ERROR_BIT;
import static cloud.stasis.disks.NbdWire.REP_INFO;
import static cloud.stasis.disks.NbdWire.REP_META_CONTEXT;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a connection begins: greeting, structured replies, contexts, `GO`. Afterwards the transmission phase follows.
final class NbdHandshake {
    /// Option replies hold a name or a few numbers; the specification caps names at 4096 bytes.
    private static final int MAX_REPLY_BYTES = 8192;

    private final SocketChannel channel;

    NbdHandshake(SocketChannel channel) {
        this.channel = channel;
    }

    record Export(ByteCount size, Map<MetaContext, Integer> contexts) {}

    Export negotiate(String name, List<MetaContext> wanted) throws IOException {
        ByteBuffer greeting = read(18);
        if (greeting.getLong() != NBDMAGIC || greeting.getLong() != IHAVEOPT) {
            throw new NbdException("what listens there is not an NBD server");
        }
        if ((greeting.getShort() & FLAG_FIXED_NEWSTYLE) == 0) {
            throw new NbdException("the NBD server is too old: it lacks the fixed newstyle handshake");
        }
        write(ByteBuffer.allocate(4)
                .putInt(FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES)
                .flip());
        structuredReplies();
        Map<MetaContext, Integer> contexts = contexts(name, wanted);
        return new Export(go(name), contexts);
    }

    private void structuredReplies() throws IOException {
        option(OPT_STRUCTURED_REPLY, ByteBuffer.allocate(0));
        if (reply(OPT_STRUCTURED_REPLY).type() != REP_ACK) {
            throw new NbdException("the NBD server lacks structured replies");
        }
    }

    private Map<MetaContext, Integer> contexts(String export, List<MetaContext> wanted) throws IOException {
        Map<MetaContext, Integer> granted = new HashMap<>();
        if (wanted.isEmpty()) {
            return granted;
        }
        ByteBuffer request = ByteBuffer.allocate(MAX_REPLY_BYTES);
        text(request, export).putInt(wanted.size());
        wanted.forEach(context -> text(request, context.name()));
        option(OPT_SET_META_CONTEXT, request.flip());
        Reply reply = reply(OPT_SET_META_CONTEXT);
        while (reply.type() == REP_META_CONTEXT) {
            int id = reply.data().getInt();
            granted.put(
                    new MetaContext(StandardCharsets.UTF_8.decode(reply.data()).toString()), id);
            reply = reply(OPT_SET_META_CONTEXT);
        }
        for (MetaContext context : wanted) {
            if (!granted.containsKey(context)) {
                throw new NbdException("the NBD server does not offer " + context.name());
            }
        }
        return Map.copyOf(granted);
    }

    private ByteCount go(String export) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(MAX_REPLY_BYTES);
        text(request, export).putShort((short) 0);
        option(OPT_GO, request.flip());
        @Nullable ByteCount size = null;
        Reply reply = reply(OPT_GO);
        while (reply.type() == REP_INFO) {
            if (reply.data().getShort() == INFO_EXPORT) {
                size = ByteCount.ofBytes(reply.data().getLong());
            }
            reply = reply(OPT_GO);
        }
        if (size == null) {
            throw new NbdException("the NBD server does not say how large the export is");
        }
        return size;
    }

    private static ByteBuffer text(ByteBuffer into, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return into.putInt(bytes.length).put(bytes);
    }

    private void option(int option, ByteBuffer data) throws IOException {
        write(ByteBuffer.allocate(16)
                .putLong(IHAVEOPT)
                .putInt(option)
                .putInt(data.remaining())
                .flip());
        write(data);
    }

    private record Reply(int type, ByteBuffer data) {}

    private Reply reply(int option) throws IOException {
        ByteBuffer header = read(20);
        long magic = header.getLong();
        int answered = header.getInt();
        int type = header.getInt();
        int length = header.getInt();
        if (magic != OPTION_REPLY_MAGIC || answered != option || length < 0 || length > MAX_REPLY_BYTES) {
            throw new NbdException("the NBD server broke the protocol during the handshake");
        }
        ByteBuffer data = read(length);
        if ((type & REP_ERROR_BIT) != 0) {
            throw new NbdException("the NBD server refused: "
                    + StandardCharsets.UTF_8.decode(data).toString());
        }
        return new Reply(type, data);
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        Channels.fill(channel, buffer);
        return buffer.flip();
    }

    private void write(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
