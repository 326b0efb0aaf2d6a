package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// Content in terms of blobs: cuts, hashes, compresses and packs on the way in, walks and verifies the index on
/// the way out, over whatever exchange it is given.
///
/// **Memory of one transfer**, with `t` threads (processors + 1, at most 4): `t` units of 8 MiB read, `t` packs
/// of up to 8 MiB being filled and `t` being sent, `t` answers of up to 8 MiB, and 10 MiB of index and digests.
/// On two processors an upload stays below 85 MiB and a download below 60 MiB, whatever the size of the
/// content.
public final class ChunkedContentStore implements ContentStore {
    private final BlobExchange exchange;
    private final TransferThreads threads;
    private final ContentReader reader;

    public ChunkedContentStore(BlobExchange exchange, TransferThreads threads) {
        this.exchange = exchange;
        this.threads = threads;
        this.reader = new ContentReader(exchange);
    }

    @Override
    public UploadResult upload(ContentSource source, Content base, List<Extent> changed, TransferListener listener) {
        return Upload.run(source, base, changed, listener, exchange, threads);
    }

    @Override
    public void download(Content content, Path file, TransferListener listener) {
        Download.run(content, file, listener, exchange, threads);
    }

    @Override
    public void read(Content content, long offset, ByteBuffer into) {
        reader.read(content, offset, into);
    }

    @Override
    public byte[] small(Content content, ByteCount limit) {
        if (content.size().compareTo(limit) > 0) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT,
                    "content of " + content.size() + " is larger than the " + limit + " expected");
        }
        byte[] bytes = new byte[Math.toIntExact(content.size().bytes())];
        read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    @Override
    public void hold(Content content) {
        exchange.hold(content);
    }
}
