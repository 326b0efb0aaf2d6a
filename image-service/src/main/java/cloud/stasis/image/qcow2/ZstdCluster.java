package cloud.stasis.image.qcow2;

import cloud.stasis.chunks.QcowHeader;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// Expands a cluster that was compressed with zstd. What follows the frame in the last sector is not looked at.
final class ZstdCluster {
    private ZstdCluster() {}

    static void decompress(byte[] bytes, byte[] into) {
        try (ZstdInputStreamNoFinalizer in = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(bytes))) {
            if (in.readNBytes(into, 0, into.length) != into.length) {
                throw QcowHeader.hostile("a compressed cluster is cut off");
            }
        } catch (IOException e) {
            throw QcowHeader.hostile("a compressed cluster does not decompress");
        }
    }
}
