package cloud.stasis.disks;

import cloud.stasis.chunks.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A request on its way. The reading thread alone fills it, chunk by chunk; the caller looks once it is answered.
abstract sealed class NbdCall {
    private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
    private int error;

    CompletableFuture<Boolean> answered() {
        return answered;
    }

    abstract void data(long offset, int length, ReadableByteChannel channel) throws IOException;

    abstract void hole(ByteBuffer payload) throws IOException;

    abstract void status(ByteBuffer payload) throws IOException;

    /// Whether everything that was asked for has come.
    abstract boolean isWhole();

    void note(int error) {
        this.error = error;
    }

    void fail(int error) {
        note(error);
        finish();
    }

    void finish() {
        if (error != 0) {
            answered.completeExceptionally(new NbdException("the NBD server answered with error " + error));
        } else if (!isWhole()) {
            answered.completeExceptionally(new NbdException("the NBD server left a part of the answer out"));
        } else {
            answered.complete(true);
        }
    }

    private static NbdException unexpected() {
        return new NbdException("the server sent a reply that does not belong to the request");
    }

    /// Fills a buffer of the caller.
    static final class Read extends NbdCall {
        private final long offset;
        private final ByteBuffer into;
        private final int length;
        private int filled;

        Read(long offset, ByteBuffer into) {
            this.offset = offset;
            this.into = into;
            this.length = into.remaining();
        }

        long offset() {
            return offset;
        }

        int length() {
            return length;
        }

        @Override
        void data(long at, int bytes, ReadableByteChannel channel) throws IOException {
            Channels.fill(channel, slot(at, bytes));
        }

        @Override
        void hole(ByteBuffer payload) throws IOException {
            ByteBuffer slot = slot(payload.getLong(), payload.getInt());
            while (slot.remaining() >= Long.BYTES) {
                slot.putLong(0);
            }
            while (slot.hasRemaining()) {
                slot.put((byte) 0);
            }
        }

        @Override
        void status(ByteBuffer payload) throws IOException {
            throw unexpected();
        }

        @Override
        boolean isWhole() {
            return filled == length;
        }

        private ByteBuffer slot(long at, int bytes) throws IOException {
            if (bytes < 0 || at < offset || at - offset > length - bytes) {
                throw unexpected();
            }
            filled += bytes;
            return into.slice((int) (at - offset), bytes);
        }
    }

    /// Collects extents with their flags.
    static final class Status extends NbdCall {
        private static final int EXTENT_BYTES = 8;

        private final int context;
        private final Extent range;
        private final List<BlockStatus> statuses = new ArrayList<>();

        Status(int context, Extent range) {
            this.context = context;
            this.range = range;
        }

        Extent range() {
            return range;
        }

        List<BlockStatus> statuses() {
            return statuses;
        }

        @Override
        void data(long at, int bytes, ReadableByteChannel channel) throws IOException {
            throw unexpected();
        }

        @Override
        void hole(ByteBuffer payload) throws IOException {
            throw unexpected();
        }

        /// The answers for all negotiated contexts come one after the other; only ours is kept. The last extent may
        /// reach beyond the range that was asked for.
        @Override
        void status(ByteBuffer payload) throws IOException {
            if (payload.getInt() != context) {
                return;
            }
            long at = range.offset();
            while (payload.remaining() >= EXTENT_BYTES && at < range.end()) {
                long length = Math.min(Integer.toUnsignedLong(payload.getInt()), range.end() - at);
                if (length == 0) {
                    throw unexpected();
                }
                statuses.add(new BlockStatus(new Extent(at, length), payload.getInt()));
                at += length;
            }
        }

        @Override
        boolean isWhole() {
            return !statuses.isEmpty();
        }
    }
}
