package cloud.stasis.chunks.format;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.concurrent.ArrayBlockingQueue;

/// Decompresses with a few contexts that are kept: making one for each blob costs a fifth of the whole work. Any
/// thread.
final class Decompression {
    /// As many as there are threads at work on most machines; each holds 160 KiB of native memory.
    private static final int KEPT = 8;

    private static final ArrayBlockingQueue<ZstdDecompressCtx> IDLE = new ArrayBlockingQueue<>(KEPT);

    private Decompression() {}

    /// Writes at most `most` bytes to `into`, from `at` on, and says how many.
    ///
    /// @throws ZstdException if it is not one frame, or one of more bytes
    static int decompress(byte[] from, int offset, int length, byte[] into, int at, int most) {
        ZstdDecompressCtx context = IDLE.poll();
        if (context == null) {
            context = new ZstdDecompressCtx();
        }
        try {
            return context.decompressByteArray(into, at, most, from, offset, length);
        } finally {
            if (!IDLE.offer(context)) {
                context.close();
            }
        }
    }
}
