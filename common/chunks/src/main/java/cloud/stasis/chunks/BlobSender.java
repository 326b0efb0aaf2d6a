package cloud.stasis.chunks;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// Sends what the other side lacks: asks in batches, compresses, fills packs, puts them. May be used from
/// several threads at once; each fills a pack of its own, so there are at most as many open packs as threads.
final class BlobSender implements AutoCloseable {
    /// A blob to be sent; a slice of an array that does not change until it was offered.
    record Blob(BlobKind kind, Digest digest, byte[] array, int offset, int length) {}

    private final BlobExchange exchange;
    private final int packBytes;
    private final RecentDigests recent = new RecentDigests();
    private final Deque<PackBuilder> idle = new ArrayDeque<>();
    private final Semaphore builders;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong shared = new AtomicLong();

    /// @param openPacks how many packs may be filled at once: each holds up to 8 MiB until it is sent
    /// @param packBytes when a pack is sent; the last ones are put together nevertheless
    BlobSender(BlobExchange exchange, int openPacks, int packBytes) {
        this.exchange = exchange;
        this.packBytes = packBytes;
        this.builders = new Semaphore(openPacks);
    }

    /// Takes care of these blobs: when it returns their arrays are free again, and after [#flush] they are
    /// durable.
    void offer(List<Blob> blobs) {
        List<Blob> fresh = new ArrayList<>(blobs.size());
        for (Blob blob : blobs) {
            if (recent.add(blob.digest)) {
                fresh.add(blob);
            } else {
                alreadyThere(blob);
            }
        }
        for (int from = 0; from < fresh.size(); from += BlobExchange.MAX_QUERY) {
            sendMissing(fresh.subList(from, Math.min(fresh.size(), from + BlobExchange.MAX_QUERY)));
        }
    }

    /// Sends the packs that are not full yet. Nobody may be in [#offer] meanwhile.
    void flush() {
        List<PackBuilder> builders = drain();
        try {
            PackBuilder last = null;
            for (PackBuilder builder : builders) {
                if (last != null && last.hasRoomFor(builder)) {
                    last.addAll(builder);
                } else {
                    if (last != null) {
                        send(last);
                    }
                    last = builder;
                }
            }
            if (last != null) {
                send(last);
            }
        } finally {
            builders.forEach(PackBuilder::close);
        }
    }

    /// Bytes of packs that the other side took.
    ByteCount sent() {
        return ByteCount.ofBytes(sent.get());
    }

    /// Plain bytes of chunks that did not have to be sent.
    ByteCount shared() {
        return ByteCount.ofBytes(shared.get());
    }

    @Override
    public void close() {
        drain().forEach(PackBuilder::close);
    }

    private void sendMissing(List<Blob> blobs) {
        BitSet missing = exchange.missing(blobs.stream().map(Blob::digest).toList());
        List<Pack> full = new ArrayList<>();
        PackBuilder builder = borrow();
        try {
            for (int at = 0; at < blobs.size(); at++) {
                Blob blob = blobs.get(at);
                if (missing.get(at)) {
                    builder.add(blob.kind, blob.digest, blob.array, blob.offset, blob.length);
                } else {
                    alreadyThere(blob);
                }
                if (builder.isFull()) {
                    full.add(builder.build());
                }
            }
        } finally {
            giveBack(builder);
        }
        full.forEach(this::send);
    }

    private void send(Pack pack) {
        exchange.put(pack);
        sent.addAndGet(pack.bytes().length);
    }

    private void send(PackBuilder builder) {
        if (!builder.isEmpty()) {
            send(builder.build());
        }
    }

    /// Counts a blob that needs not be sent.
    void alreadyThere(Blob blob) {
        if (blob.kind == BlobKind.CHUNK) {
            shared.addAndGet(blob.length);
        }
    }

    private PackBuilder borrow() {
        builders.acquireUninterruptibly();
        synchronized (idle) {
            PackBuilder builder = idle.pollFirst();
            return builder != null ? builder : new PackBuilder(packBytes);
        }
    }

    private void giveBack(PackBuilder builder) {
        synchronized (idle) {
            idle.addFirst(builder);
        }
        builders.release();
    }

    private List<PackBuilder> drain() {
        synchronized (idle) {
            List<PackBuilder> all = List.copyOf(idle);
            idle.clear();
            return all;
        }
    }
}
