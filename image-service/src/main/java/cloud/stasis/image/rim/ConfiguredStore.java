package cloud.stasis.image.rim;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.CachingBlobStore;
import cloud.stasis.image.blob.LimitedBlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.image.blob.url.StoreUrl;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;

/// The store that the configuration names, with everything that is put around it.
///
/// ```
/// verify  what is put and got whole is what its name says
/// cache   of a bucket: packs that are read often lie on a disk of this machine
/// limit   bytes a second, calls at once
/// backend
/// ```
final class ConfiguredStore {
    private final ImageConfig config;
    private final StoreUrl url;

    ConfiguredStore(ImageConfig config) {
        this.config = config;
        this.url = config.storeUrl()
                .map(text -> StoreUrl.parse(text, access(config.s3())))
                .orElseGet(() -> new StoreUrl.Directory(config.storeDir()));
    }

    BlobStore open() {
        ByteCount cache = ByteCount.ofBytes(config.storeCache().bytes());
        BlobStore store = new LimitedBlobStore(
                url.open(),
                ByteCount.ofBytes(config.storeLimit().bytesPerSecond()),
                config.storeLimit().calls());
        return new VerifyingBlobStore(
                switch (url) {
                    case StoreUrl.Directory _ -> store;
                    case StoreUrl.Bucket _ ->
                        cache.isZero()
                                ? store
                                : CachingBlobStore.in(serviceFolder().resolve("cache"), store, cache);
                });
    }

    /// Where the journal lies.
    Path serviceFolder() {
        return config.serviceDir().orElseGet(() -> switch (url) {
            case StoreUrl.Directory directory -> directory.path().resolve(LocalBlobStore.SERVICE_FOLDER);
            case StoreUrl.Bucket _ ->
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "a service whose store is a bucket needs a directory of its own: name one in STASIS_SERVICE_DIR");
        });
    }

    private static StoreUrl.BucketAccess access(ImageConfig.S3 s3) {
        return new StoreUrl.BucketAccess(
                s3.endpoint(),
                s3.region(),
                s3.accessKey()
                        .map(id ->
                                new StoreUrl.BucketAccess.Key(id, s3.secretKey().orElse(""))));
    }
}
