package cloud.stasis.compute.protect;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ChunkedContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.FileSource;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.compute.host.Host;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;

/// Kernels and media that machines with a standby here start from, as their sources send them. One is among the
/// base files of this host once its bytes have given the name that it was sent under, so that nobody can slip another
/// one in.
final class StandbyContents {
    private static final ByteCount MAX_SIZE = ByteCount.ofGib(64);

    private final Host host;
    private final Path directory;

    StandbyContents(Host host, Path directory) {
        this.host = host;
        this.directory = directory;
    }

    synchronized long has(IndexId index, long total) {
        if (Files.exists(host.instances().layout().baseFile(index))) {
            return total;
        }
        return size(part(index));
    }

    private Path part(IndexId index) {
        return directory.resolve(index + ".content");
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw HostFiles.failure("look at a content", e);
        }
    }

    synchronized void receive(IndexId index, long offset, long total, InputStream body) {
        if (total < 1 || total > MAX_SIZE.bytes() || offset < 0 || offset >= total) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the length of a content is out of bounds");
        }
        if (Files.exists(host.instances().layout().baseFile(index))) {
            return;
        }
        Path part = part(index);
        if (offset > size(part)) {
            throw new StasisException(ErrorCode.WRONG_STATE, "another piece is expected");
        }
        host.space().require(ByteCount.ofBytes(Math.min(total - offset, Standby.MAX_PIECE)));
        if (append(part, offset, total, body) == total) {
            adopt(index, part, total);
        }
    }

    private static long append(Path part, long offset, long total, InputStream body) {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            channel.truncate(offset);
            ByteBuffer bytes = ByteBuffer.wrap(body.readNBytes(Standby.MAX_PIECE + 1));
            if (bytes.limit() > Standby.MAX_PIECE || bytes.limit() > total - offset) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a piece of a content is too long");
            }
            while (bytes.hasRemaining()) {
                channel.write(bytes, offset + bytes.position());
            }
            return offset + bytes.limit();
        } catch (IOException e) {
            throw HostFiles.failure("take a piece of a content", e);
        }
    }

    private void adopt(IndexId index, Path part, long total) {
        ByteCount size = ByteCount.ofBytes(total);
        Content found;
        try (FileSource source = FileSource.of(part)) {
            found = new ChunkedContentStore(new Nowhere(), TransferThreads.forThisMachine())
                    .upload(
                            source,
                            new Content(IndexId.ZERO, size),
                            List.of(new Extent(0, total)),
                            TransferListener.NONE)
                    .content();
        }
        if (!found.index().equals(index)) {
            HostFiles.delete(part);
            throw new StasisException(ErrorCode.HASH_MISMATCH, "a content is not what it was sent as");
        }
        try {
            HostFiles.sync(part);
            HostFiles.readOnly(part);
            Files.move(part, host.instances().layout().baseFile(index), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw HostFiles.failure("keep a content", e);
        }
    }

    /// Has everything already, so that a content is only read and named.
    private static final class Nowhere implements BlobExchange {
        @Override
        public BitSet missing(List<Digest> digests) {
            return new BitSet();
        }

        @Override
        public void put(Pack pack) {}

        @Override
        public void hold(Content content) {}

        @Override
        public List<StoredBlob> fetch(List<Digest> digests) {
            throw new StasisException(ErrorCode.INTERNAL, "a content is named without anything being fetched");
        }
    }
}
