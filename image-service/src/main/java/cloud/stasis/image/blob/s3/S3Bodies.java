package cloud.stasis.image.blob.s3;

import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.exception.RetryableException;

/// Reads the bodies of answers.
final class S3Bodies {
    private S3Bodies() {}

    /// A body that ends before it should is the network's fault, and the SDK asks again.
    static byte[] whole(InputStream body, int length) {
        byte[] bytes = new byte[length];
        try {
            if (body.readNBytes(bytes, 0, length) < length) {
                throw RetryableException.create("the bucket's answer was cut off");
            }
        } catch (IOException e) {
            throw RetryableException.create("the bucket's answer was cut off", e);
        }
        return bytes;
    }
}
