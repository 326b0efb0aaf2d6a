package cloud.stasis.compute.protect;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.protect.Epochs.Encoding;
import cloud.stasis.compute.protect.Epochs.How;
import cloud.stasis.compute.protect.Epochs.Kind;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.StasisException;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/// Reads an epoch that anyone may have written. A visitor is told of each part as it comes, and may only believe
/// what it was told once [#read] has returned: the hash stands at the end.
final class EpochReader implements AutoCloseable {
    private static final int BUFFER = 256 * 1024;

    private final DataInputStream in;
    private final MessageDigest hash = EpochWriter.sha256();
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final byte[] stored = new byte[Epochs.MAX_PLAIN];
    private final byte[] plain = new byte[Epochs.MAX_PLAIN];
    private final EpochHeader header;
    private long state;

    /// What an epoch holds. Ranges are within what the header says.
    interface Visitor {
        void machine(byte[] archive);

        void state(ByteBuffer piece);

        void zeroPage(long page);

        /// @param bytes of which the page begins at `at`
        void page(long page, How how, byte[] bytes, int at);

        void data(int disk, long offset, ByteBuffer bytes);

        void zeros(int disk, Extent extent);
    }

    private record Frame(Kind kind, int length) {}

    private EpochReader(DataInputStream in) throws IOException {
        this.in = in;
        byte[] magic = in.readNBytes(Long.BYTES);
        if (magic.length < Long.BYTES || ByteBuffer.wrap(magic).getLong() != Epochs.MAGIC) {
            throw Epochs.malformed("it does not begin like one");
        }
        hash.update(magic);
        Frame frame = frame();
        if (frame.kind() != Kind.HEADER) {
            throw Epochs.malformed("it has no header");
        }
        this.header = MessageCodec.mapper().readValue(plain, 0, frame.length(), EpochHeader.class);
    }

    /// @throws StasisException `MALFORMED_OBJECT` if its header is not one
    static EpochReader open(Path file) {
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
            try {
                return new EpochReader(in);
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
        } catch (EOFException | com.fasterxml.jackson.core.JacksonException e) {
            throw Epochs.malformed("its header cannot be understood");
        } catch (IOException e) {
            throw HostFiles.failure("read an epoch", e);
        }
    }

    EpochHeader header() {
        return header;
    }

    /// @throws StasisException `MALFORMED_OBJECT` if anything in it is out of bounds or its hash is another one
    void read(Visitor visitor) {
        try {
            while (true) {
                byte[] before = ((MessageDigest) hash.clone()).digest();
                Frame frame = frame();
                ByteBuffer bytes = ByteBuffer.wrap(plain, 0, frame.length());
                if (frame.kind() == Kind.END) {
                    byte[] said = new byte[Epochs.HASH_BYTES];
                    bytes.get(said);
                    if (!MessageDigest.isEqual(before, said) || in.read() >= 0) {
                        throw Epochs.malformed("its hash is another one");
                    }
                    return;
                }
                tell(frame.kind(), bytes, visitor);
            }
        } catch (EOFException | BufferUnderflowException | IndexOutOfBoundsException e) {
            throw Epochs.malformed("it ends too early");
        } catch (IOException e) {
            throw HostFiles.failure("read an epoch", e);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of every Java can be cloned", e);
        }
    }

    private void tell(Kind kind, ByteBuffer bytes, Visitor visitor) {
        switch (kind) {
            case HEADER, END -> throw Epochs.malformed("a second header");
            case MACHINE -> {
                if (bytes.remaining() > DeviceArchive.MAX_SIZE.bytes()) {
                    throw Epochs.malformed("its device archive is too large");
                }
                byte[] archive = new byte[bytes.remaining()];
                bytes.get(archive);
                visitor.machine(archive);
            }
            case STATE -> {
                state += bytes.remaining();
                if (state > Epochs.MAX_STATE) {
                    throw Epochs.malformed("its device state is too large");
                }
                visitor.state(bytes);
            }
            case PAGES -> pages(bytes, visitor);
            case DATA -> {
                int disk = bytes.getShort();
                long offset = bytes.getLong();
                requireWithin(disk, offset, bytes.remaining());
                visitor.data(disk, offset, bytes);
            }
            case ZEROS -> {
                int disk = bytes.getShort();
                long offset = bytes.getLong();
                long length = bytes.getLong();
                requireWithin(disk, offset, length);
                visitor.zeros(disk, new Extent(offset, length));
            }
        }
    }

    private void pages(ByteBuffer bytes, Visitor visitor) {
        int count = bytes.getInt();
        if (count < 1 || count > Epochs.MAX_PAGES) {
            throw Epochs.malformed("it has " + count + " pages in one frame");
        }
        long known = header.ram().bytes() / Epochs.PAGE;
        ByteBuffer numbers = bytes.slice(bytes.position(), count * (Long.BYTES + 1));
        int at = bytes.position() + count * (Long.BYTES + 1);
        for (int told = 0; told < count; told++) {
            long page = numbers.getLong();
            int how = numbers.get();
            if (page < 0 || page >= known || how < 0 || how >= How.values().length) {
                throw Epochs.malformed("a page is out of bounds");
            }
            if (how == How.ZEROS.ordinal()) {
                visitor.zeroPage(page);
            } else if (at + Epochs.PAGE > bytes.limit()) {
                throw Epochs.malformed("a page ends too early");
            } else {
                visitor.page(page, How.values()[how], plain, at);
                at += Epochs.PAGE;
            }
        }
    }

    private void requireWithin(int disk, long offset, long length) {
        if (disk < 0 || disk >= header.disks().size()) {
            throw Epochs.malformed("it has no such disk");
        }
        long size = header.disks().get(disk).size().bytes();
        if (offset < 0 || length < 1 || offset > size || length > size - offset) {
            throw Epochs.malformed("a part of a disk is out of bounds");
        }
    }

    /// Into [#plain].
    private Frame frame() throws IOException {
        byte[] head = new byte[Epochs.FRAME_HEAD];
        in.readFully(head);
        ByteBuffer fields = ByteBuffer.wrap(head);
        int kind = fields.get();
        int encoding = fields.get();
        int length = fields.getInt();
        int bytes = fields.getInt();
        if (kind < 0
                || kind >= Kind.values().length
                || encoding < 0
                || encoding >= Encoding.values().length
                || length < 0
                || length > Epochs.MAX_PLAIN
                || bytes < 0
                || bytes > Epochs.MAX_PLAIN) {
            throw Epochs.malformed("a frame is out of bounds");
        }
        in.readFully(stored, 0, bytes);
        hash.update(head);
        hash.update(stored, 0, bytes);
        switch (Encoding.values()[encoding]) {
            case PLAIN -> {
                if (bytes != length) {
                    throw Epochs.malformed("a frame has another length");
                }
                System.arraycopy(stored, 0, plain, 0, length);
            }
            case ZSTD -> decompress(bytes, length);
        }
        return new Frame(Kind.values()[kind], length);
    }

    private void decompress(int bytes, int length) {
        try {
            if (zstd.decompressByteArray(plain, 0, length, stored, 0, bytes) != length) {
                throw Epochs.malformed("a frame has another length");
            }
        } catch (ZstdException e) {
            throw Epochs.malformed("a frame cannot be decompressed");
        }
    }

    @Override
    public void close() {
        zstd.close();
        try {
            in.close();
        } catch (IOException e) {
            throw HostFiles.failure("read an epoch", e);
        }
    }
}
