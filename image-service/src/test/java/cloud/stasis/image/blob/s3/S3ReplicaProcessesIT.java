package cloud.stasis.image.blob.s3;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.ReplicaProcessesContract;
import cloud.stasis.testkit.S3Server;
import java.util.Map;

class S3ReplicaProcessesIT extends ReplicaProcessesContract {
    private final S3Location location = Buckets.fresh();

    @Override
    protected String url() {
        return "s3://" + location.bucket() + "/" + location.prefix();
    }

    @Override
    protected Map<String, String> environment() {
        return Map.of(
                "STASIS_S3_ENDPOINT",
                location.endpoint().orElseThrow().toString(),
                "STASIS_S3_ACCESS_KEY",
                S3Server.KEY,
                "STASIS_S3_SECRET_KEY",
                S3Server.SECRET);
    }

    @Override
    protected BlobStore open() {
        return S3BlobStore.open(location, Buckets.credentials(), S3Patience.STANDARD);
    }

    /// Nobody has a lock in a bucket.
    @Override
    protected boolean isInTheWay() {
        return false;
    }
}
