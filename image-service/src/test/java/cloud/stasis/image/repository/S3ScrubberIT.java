package cloud.stasis.image.repository;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.s3.S3BlobStore;
import cloud.stasis.image.blob.s3.S3Location;
import cloud.stasis.image.blob.s3.S3Patience;
import cloud.stasis.image.blob.s3.S3Server;

class S3ScrubberIT extends ScrubberContract {
    private final S3Location location = S3Server.running().newBucket();

    @Override
    protected BlobStore openBackend() {
        return S3BlobStore.open(location, S3Server.credentials(), S3Patience.STANDARD);
    }
}
