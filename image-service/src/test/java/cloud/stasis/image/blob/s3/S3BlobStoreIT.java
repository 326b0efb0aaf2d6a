package cloud.stasis.image.blob.s3;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.BlobStoreContract;

class S3BlobStoreIT extends BlobStoreContract {
    private final S3Location location = S3Server.running().newBucket();

    @Override
    protected BlobStore open() {
        return S3BlobStore.open(location, S3Server.credentials(), S3Patience.STANDARD);
    }
}
