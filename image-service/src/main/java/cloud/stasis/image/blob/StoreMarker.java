package cloud.stasis.image.blob;

import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import java.util.Map;

/// What lies at the root of every store, so that nothing else is taken for one.
public final class StoreMarker {
    public static final String NAME = "STASIS-STORE";

    private static final byte[] BYTES = CanonicalJson.write(
            Map.of("version", 1L, "leafBytes", (long) TreeShape.LEAF_BYTES, "fanOut", (long) TreeShape.FAN_OUT));

    private StoreMarker() {}

    public static byte[] bytes() {
        return BYTES.clone();
    }

    /// @throws StasisException `UNSUPPORTED_FORMAT` if these are the bytes of another version
    public static void require(byte[] bytes) {
        if (!Arrays.equals(bytes, BYTES)) {
            throw new StasisException(
                    ErrorCode.UNSUPPORTED_FORMAT, "the store is of a version that this release does not know");
        }
    }
}
