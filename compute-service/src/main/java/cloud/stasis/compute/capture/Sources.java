package cloud.stasis.compute.capture;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.model.ByteCount;
import java.nio.ByteBuffer;

/// Things that are not disks as content.
final class Sources {
    private Sources() {}

    record Bytes(byte[] bytes) implements ContentSource {
        @Override
        public ByteCount size() {
            return ByteCount.ofBytes(bytes.length);
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            into.put(bytes, Math.toIntExact(offset), into.remaining());
        }
    }
}
