package cloud.stasis.disks;

import static cloud.stasis.disks.NbdWire.EXPORT_CAN_MULTI_CONN;
import static cloud.stasis.disks.NbdWire.EXPORT_HAS_FLAGS;
import static cloud.stasis.disks.NbdWire.EXPORT_READ_ONLY;
import static cloud.stasis.disks.NbdWire.FLAG_FIXED_NEWSTYLE;
import static cloud.stasis.disks.NbdWire.FLAG_NO_ZEROES;
import static cloud.stasis.disks.NbdWire.IHAVEOPT;
import static cloud.stasis.disks.NbdWire.INFO_EXPORT;
import static cloud.stasis.disks.NbdWire.NBDMAGIC;
import static cloud.stasis.disks.NbdWire.OPTION_REPLY_MAGIC;
import static cloud.stasis.disks.NbdWire.OPT_ABORT;
import static cloud.stasis.disks.NbdWire.OPT_GO;
import static cloud.stasis.disks.NbdWire.OPT_STRUCTURED_REPLY;
import static cloud.stasis.disks.NbdWire.REP_ACK;
import static cloud.stasis.disks.NbdWire.REP_ERR_POLICY;
import static cloud.stasis.disks.NbdWire.REP_ERR_UNKNOWN;
import static cloud.stasis.disks.NbdWire.REP_ERR_UNSUP;
import static cloud.stasis.disks.NbdWire.REP_INFO;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// How a server begins a connection: the other side of [NbdHandshake].
final class NbdGreeting {
    /// Options hold a name and a few numbers; the specification caps names at 4096 bytes.
    private static final int MAX_OPTION_BYTES = 8192;

    /// A client that asks for more than this before it goes is up to nothing good.
    private static final int MAX_OPTIONS = 32;

    private final SocketChannel channel;
    private final String name;
    private final ByteCount size;
    private boolean structured;

    NbdGreeting(SocketChannel channel, String name, ByteCount size) {
        this.channel = channel;
        this.name = name;
        this.size = size;
    }

    /// @return whether the transmission phase follows; else the client has had enough
    boolean negotiate() throws IOException {
        write(ByteBuffer.allocate(18).putLong(NBDMAGIC).putLong(IHAVEOPT).putShort((short)
                (FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES)));
        if ((read(Integer.BYTES).getInt() & FLAG_NO_ZEROES) == 0) {
            throw new NbdException("the client is too old");
        }
        for (int count = 0; count < MAX_OPTIONS; count++) {
            ByteBuffer header = read(16);
            long magic = header.getLong();
            int option = header.getInt();
            int length = header.getInt();
            if (magic != IHAVEOPT || length < 0 || length > MAX_OPTION_BYTES) {
                throw new NbdException("the client broke the protocol during the handshake");
            }
            ByteBuffer data = read(length);
            switch (option) {
                case OPT_STRUCTURED_REPLY -> {
                    structured = true;
                    reply(option, REP_ACK, ByteBuffer.allocate(0));
                }
                case OPT_GO -> {
                    if (go(data)) {
                        return true;
                    }
                }
                case OPT_ABORT -> {
                    reply(option, REP_ACK, ByteBuffer.allocate(0));
                    return false;
                }
                default -> reply(option, REP_ERR_UNSUP, ByteBuffer.allocate(0));
            }
        }
        return false;
    }

    private boolean go(ByteBuffer data) throws IOException {
        int length = data.remaining() < Integer.BYTES ? -1 : data.getInt();
        if (length < 0 || length > data.remaining()) {
            throw new NbdException("the client broke the protocol during the handshake");
        }
        String wanted = StandardCharsets.UTF_8
                .decode(data.slice(data.position(), length))
                .toString();
        if (!structured || !wanted.equals(name)) {
            reply(OPT_GO, structured ? REP_ERR_UNKNOWN : REP_ERR_POLICY, ByteBuffer.allocate(0));
            return false;
        }
        reply(
                OPT_GO,
                REP_INFO,
                ByteBuffer.allocate(12)
                        .putShort((short) INFO_EXPORT)
                        .putLong(size.bytes())
                        .putShort((short) (EXPORT_HAS_FLAGS | EXPORT_READ_ONLY | EXPORT_CAN_MULTI_CONN))
                        .flip());
        reply(OPT_GO, REP_ACK, ByteBuffer.allocate(0));
        return true;
    }

    private void reply(int option, int type, ByteBuffer data) throws IOException {
        write(ByteBuffer.allocate(20 + data.remaining())
                .putLong(OPTION_REPLY_MAGIC)
                .putInt(option)
                .putInt(type)
                .putInt(data.remaining())
                .put(data));
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        Channels.fill(channel, buffer);
        return buffer.flip();
    }

    private void write(ByteBuffer filled) throws IOException {
        Channels.drain(filled.flip(), channel);
    }
}
