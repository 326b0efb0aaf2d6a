package cloud.stasis.compute.protect;

import cloud.stasis.compute.protect.Epochs.Encoding;
import cloud.stasis.compute.protect.Epochs.How;
import cloud.stasis.compute.protect.Epochs.Kind;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/// Writes one epoch into a file. What is not ended by [#end] is not an epoch. For one thread.
final class EpochWriter implements AutoCloseable {
    /// The fastest level: what is left to gain is not worth the time of the interval.
    private static final int ZSTD_LEVEL = 1;

    private final FileChannel file;
    private final MessageDigest hash = sha256();
    private final Encoding encoding;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
    private final byte[] plain = new byte[Epochs.MAX_PLAIN];
    private final byte[] packed = new byte[Epochs.MAX_PLAIN];
    private final List<Told> pages = new ArrayList<>();
    private final byte[] contents = new byte[Epochs.MAX_PAGES * Epochs.PAGE];
    private int filled;
    private long written;

    private record Told(long page, How how) {}

    private EpochWriter(FileChannel file, Encoding encoding) {
        this.file = file;
        this.encoding = encoding;
    }

    /// @param encoding what frames are tried with; one that does not get smaller is stored plain
    static EpochWriter create(Path path, EpochHeader header, Encoding encoding) {
        try {
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            EpochWriter writer = new EpochWriter(file, encoding);
            writer.raw(ByteBuffer.allocate(Long.BYTES).putLong(Epochs.MAGIC).flip());
            byte[] json = MessageCodec.mapper().writeValueAsBytes(header);
            writer.frame(Kind.HEADER, json, json.length);
            return writer;
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "the header of an epoch could not be written", e);
        } catch (IOException e) {
            throw HostFiles.failure("write an epoch", e);
        }
    }

    void machine(byte[] archive) {
        if (archive.length > Epochs.MAX_PIECE) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the device archive of the instance is too large");
        }
        flush();
        frame(Kind.MACHINE, archive, archive.length);
    }

    void state(ByteBuffer state) {
        flush();
        while (state.hasRemaining()) {
            int length = Math.min(Epochs.MAX_PIECE, state.remaining());
            state.get(plain, 0, length);
            frame(Kind.STATE, plain, length);
        }
    }

    void zeroPage(long page) {
        pages.add(new Told(page, How.ZEROS));
        flushIfFull();
    }

    /// @param bytes of which the page begins at `at`
    void page(long page, How how, byte[] bytes, int at) {
        pages.add(new Told(page, how));
        System.arraycopy(bytes, at, contents, filled, Epochs.PAGE);
        filled += Epochs.PAGE;
        flushIfFull();
    }

    private void flushIfFull() {
        if (pages.size() == Epochs.MAX_PAGES) {
            flush();
        }
    }

    /// Pages that wait for a frame of their own get it before anything else is put where it is made up.
    private void flush() {
        if (pages.isEmpty()) {
            return;
        }
        ByteBuffer frame = ByteBuffer.wrap(plain).putInt(pages.size());
        pages.forEach(told -> frame.putLong(told.page()).put((byte) told.how().ordinal()));
        frame.put(contents, 0, filled);
        pages.clear();
        filled = 0;
        frame(Kind.PAGES, plain, frame.position());
    }

    /// @param bytes at most [Epochs#MAX_PIECE]
    void data(int disk, long offset, ByteBuffer bytes) {
        flush();
        ByteBuffer frame =
                ByteBuffer.wrap(plain).putShort((short) disk).putLong(offset).put(bytes);
        frame(Kind.DATA, plain, frame.position());
    }

    void zeros(int disk, long offset, long length) {
        flush();
        ByteBuffer frame =
                ByteBuffer.wrap(plain).putShort((short) disk).putLong(offset).putLong(length);
        frame(Kind.ZEROS, plain, frame.position());
    }

    /// @return its bytes
    long end() {
        flush();
        byte[] digest = hash.digest();
        frame(Kind.END, digest, digest.length);
        return written;
    }

    /// When it returns the epoch survives a power cut.
    void force() {
        try {
            file.force(true);
        } catch (IOException e) {
            throw HostFiles.failure("write an epoch", e);
        }
    }

    private void frame(Kind kind, byte[] bytes, int length) {
        int stored = length;
        if (encoding == Encoding.ZSTD && kind != Kind.END) {
            stored = zstd.compressByteArray(packed, 0, packed.length, bytes, 0, length);
        }
        boolean smaller = stored < length;
        ByteBuffer head = ByteBuffer.allocate(Epochs.FRAME_HEAD)
                .put((byte) kind.ordinal())
                .put((byte) (smaller ? Encoding.ZSTD : Encoding.PLAIN).ordinal())
                .putInt(length)
                .putInt(smaller ? stored : length)
                .flip();
        try {
            raw(head);
            raw(smaller ? ByteBuffer.wrap(packed, 0, stored) : ByteBuffer.wrap(bytes, 0, length));
        } catch (IOException e) {
            throw HostFiles.failure("write an epoch", e);
        }
    }

    private void raw(ByteBuffer bytes) throws IOException {
        hash.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            written += file.write(bytes);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        zstd.close();
        try {
            file.close();
        } catch (IOException e) {
            throw HostFiles.failure("write an epoch", e);
        }
    }
}
