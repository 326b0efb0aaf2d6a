package cloud.stasis.image.repository;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.s3.Buckets;
import cloud.stasis.image.blob.s3.S3BlobStore;
import cloud.stasis.image.blob.s3.S3Location;
import cloud.stasis.image.blob.s3.S3Patience;

class S3ScrubberIT extends ScrubberContract {
    private final S3Location location = Buckets.fresh();

    @Override
    protected BlobStore openBackend() {
        return S3BlobStore.open(location, Buckets.credentials(), S3Patience.STANDARD);
    }
}
