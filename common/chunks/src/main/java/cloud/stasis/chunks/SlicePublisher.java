package cloud.stasis.chunks;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// A large array as a request body, without copying it: the JDK's own publisher copies into 16 KiB pieces.
final class SlicePublisher implements HttpRequest.BodyPublisher {
    private static final int SLICE_BYTES = 128 * 1024;

    private final byte[] bytes;

    SlicePublisher(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public long contentLength() {
        return bytes.length;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Slices(subscriber));
    }

    /// Hands out slices as they are asked for. Asking from within a slice's delivery only raises the number
    /// asked for: one loop delivers, however often and by whomever it is asked.
    private final class Slices implements Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private final AtomicLong asked = new AtomicLong();
        private final AtomicBoolean delivering = new AtomicBoolean();
        private volatile boolean ended;
        private int at;

        Slices(Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            asked.accumulateAndGet(count, (was, more) -> was + more < 0 ? Long.MAX_VALUE : was + more);
            while (asked.get() > 0 && !ended && delivering.compareAndSet(false, true)) {
                deliver();
                delivering.set(false);
            }
        }

        @Override
        public void cancel() {
            ended = true;
        }

        private void deliver() {
            while (asked.get() > 0 && !ended) {
                asked.decrementAndGet();
                int length = Math.min(SLICE_BYTES, bytes.length - at);
                ByteBuffer slice = ByteBuffer.wrap(bytes, at, length).slice().asReadOnlyBuffer();
                at += length;
                boolean last = at == bytes.length;
                ended |= last;
                subscriber.onNext(slice);
                if (last) {
                    subscriber.onComplete();
                }
            }
        }
    }
}
