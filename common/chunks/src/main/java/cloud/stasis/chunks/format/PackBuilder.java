package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Fills packs one after the other. Used by one thread at a time; holds native memory until it is closed.
public final class PackBuilder implements AutoCloseable {
    /// Level 1 packs 490 MB/s of ordinary data a core to a third; level 3 gains a seventh for two thirds more
    /// time.
    private static final int ZSTD_LEVEL = 1;

    /// A blob is stored compressed if that saves at least a sixteenth: less is not worth decompressing.
    private static final int LEAST_GAIN = 16;

    /// What one more blob, the directory and the trailer can add to a pack that was below the target.
    private static final int HEADROOM =
            StoredBlob.MAX_PLAIN_BYTES + Pack.MAX_BLOBS * Pack.ENTRY_BYTES + Pack.TRAILER_BYTES;

    private static final int FIRST_CAPACITY = 256 * 1024;

    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
    private final byte[] compressed = new byte[(int) Zstd.compressBound(StoredBlob.MAX_PLAIN_BYTES)];
    private final List<PackEntry> entries = new ArrayList<>();
    private final Set<Digest> digests = new HashSet<>();
    private final int target;
    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int length = Pack.HEADER_BYTES;

    public PackBuilder() {
        this(Pack.TARGET_BYTES);
    }

    /// @param target bytes that make a pack full: at most [Pack#TARGET_BYTES]
    public PackBuilder(int target) {
        this.target = target;
    }

    /// Adds a blob unless this pack has it already. The caller has hashed the bytes.
    public void add(BlobKind kind, Digest digest, byte[] plain, int offset, int plainLength) {
        if (!digests.add(digest)) {
            return;
        }
        int shorter = zstd.compressByteArray(compressed, 0, compressed.length, plain, offset, plainLength);
        if (shorter <= plainLength - Math.max(1, plainLength / LEAST_GAIN)) {
            append(kind, Encoding.ZSTD, digest, plainLength, compressed, 0, shorter);
        } else {
            append(kind, Encoding.PLAIN, digest, plainLength, plain, offset, plainLength);
        }
    }

    /// Adds a blob in the form in which it is stored elsewhere, unless this pack has it already. The caller has
    /// verified it.
    public void addStored(BlobKind kind, Digest digest, StoredBlob blob) {
        if (digests.add(digest)) {
            append(kind, blob.encoding(), digest, blob.plainLength(), blob.array(), blob.offset(), blob.length());
        }
    }

    /// Adds what another builder holds, as it is; `other` is empty afterwards.
    public void addAll(PackBuilder other) {
        for (PackEntry entry : other.entries) {
            if (digests.add(entry.digest())) {
                append(
                        entry.kind(),
                        entry.encoding(),
                        entry.digest(),
                        entry.plainLength(),
                        other.bytes,
                        entry.offset(),
                        entry.storedLength());
            }
        }
        other.clear();
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /// Whether it is time to [#build].
    public boolean isFull() {
        return length >= target || entries.size() >= Pack.MAX_BLOBS;
    }

    /// Whether what `other` holds fits in as well without going over any limit.
    public boolean hasRoomFor(PackBuilder other) {
        return length + other.length <= Pack.TARGET_BYTES && entries.size() + other.entries.size() <= Pack.MAX_BLOBS;
    }

    /// Whether these blobs fit in as well without going over any limit.
    public boolean hasRoomFor(List<PackEntry> blobs) {
        long more = blobs.stream().mapToLong(PackEntry::storedLength).sum();
        return length + more <= Pack.TARGET_BYTES && entries.size() + blobs.size() <= Pack.MAX_BLOBS;
    }

    /// The pack of everything that was added, which must be something; the builder is empty afterwards.
    public Pack build() {
        int end = length + entries.size() * Pack.ENTRY_BYTES + Pack.TRAILER_BYTES;
        byte[] pack = Arrays.copyOf(bytes, end);
        ByteBuffer buffer = ByteBuffer.wrap(pack);
        buffer.putInt(Pack.MAGIC).putInt(Pack.VERSION << 24);
        Digest name = PackDirectory.write(buffer.position(length), entries);
        clear();
        return new Pack(name, pack);
    }

    @Override
    public void close() {
        zstd.close();
    }

    private void append(
            BlobKind kind,
            Encoding encoding,
            Digest digest,
            int plainLength,
            byte[] from,
            int offset,
            int storedLength) {
        if (bytes.length - length < storedLength) {
            int doubled = Math.min(2 * bytes.length, Pack.TARGET_BYTES + HEADROOM);
            bytes = Arrays.copyOf(bytes, Math.max(doubled, length + storedLength));
        }
        System.arraycopy(from, offset, bytes, length, storedLength);
        entries.add(new PackEntry(kind, encoding, digest, plainLength, storedLength, length));
        length += storedLength;
    }

    private void clear() {
        entries.clear();
        digests.clear();
        length = Pack.HEADER_BYTES;
    }
}
