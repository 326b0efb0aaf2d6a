package cloud.stasis.image.blob.s3;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.util.Optional;

/// Where a store lies in the world of buckets.
///
/// @param prefix of all keys; empty or ending with a slash
/// @param endpoint of a server that is not Amazon's
public record S3Location(String bucket, String prefix, Optional<URI> endpoint, String region) {
    /// @param url `s3://bucket` or `s3://bucket/some/prefix`
    /// @throws StasisException `INVALID_REQUEST`
    public static S3Location parse(URI url, Optional<URI> endpoint, String region) {
        String bucket = url.getAuthority();
        if (bucket == null || bucket.isEmpty() || url.getUserInfo() != null || url.getQuery() != null) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the store in a bucket is named s3://bucket/prefix");
        }
        String prefix = url.getPath().replaceFirst("^/+", "").replaceFirst("/+$", "");
        return new S3Location(bucket, prefix.isEmpty() ? "" : prefix + "/", endpoint, region);
    }
}
