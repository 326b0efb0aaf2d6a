package cloud.stasis.image.blob.s3;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.BlobStoreContract;

class S3BlobStoreIT extends BlobStoreContract {
    private final S3Location location = Buckets.fresh();

    @Override
    protected BlobStore open() {
        return S3BlobStore.open(location, Buckets.credentials(), S3Patience.STANDARD);
    }
}
