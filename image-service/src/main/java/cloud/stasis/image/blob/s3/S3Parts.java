package cloud.stasis.image.blob.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jboss.logging.Logger;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Stores what is larger than one part. It is there when the last request of all is answered; parts of an upload
/// that was cut off are nobody's, and a rule of the bucket removes them (`docs/guides/store.md`).
final class S3Parts {
    private static final Logger LOG = Logger.getLogger(S3Parts.class);

    private final S3Client client;
    private final String bucket;

    S3Parts(S3Client client, String bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    void put(String key, byte[] bytes) {
        String upload = client.createMultipartUpload(
                        request -> request.bucket(bucket).key(key))
                .uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            int size = Math.toIntExact(S3Clients.PART.bytes());
            for (int at = 0; at < bytes.length; at += size) {
                parts.add(part(key, upload, parts.size() + 1, bytes, at, Math.min(size, bytes.length - at)));
            }
            complete(key, upload, parts, bytes);
        } catch (SdkException e) {
            abort(key, upload);
            throw e;
        }
    }

    /// The answer to an attempt that succeeded may have been lost: then the next one finds no such upload.
    private void complete(String key, String upload, List<CompletedPart> parts, byte[] bytes) {
        try {
            client.completeMultipartUpload(request ->
                    request.bucket(bucket).key(key).uploadId(upload).multipartUpload(all -> all.parts(parts)));
        } catch (S3Exception e) {
            if (!S3Errors.isAbsent(e) || !isThere(key, bytes)) {
                throw e;
            }
        }
    }

    private boolean isThere(String key, byte[] bytes) {
        try {
            return client.getObject(
                    request -> request.bucket(bucket).key(key),
                    (answer, body) -> answer.contentLength() == bytes.length
                            && Arrays.equals(S3Bodies.whole(body, bytes.length), bytes));
        } catch (S3Exception e) {
            if (S3Errors.isAbsent(e)) {
                return false;
            }
            throw e;
        }
    }

    private CompletedPart part(String key, String upload, int number, byte[] bytes, int offset, int length) {
        String tag = client.uploadPart(
                        request ->
                                request.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                        RequestBody.fromRemainingByteBuffer(java.nio.ByteBuffer.wrap(bytes, offset, length)))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private void abort(String key, String upload) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            LOG.warnf("Parts of an upload are left for the bucket to remove upload=%s", upload);
        }
    }
}
