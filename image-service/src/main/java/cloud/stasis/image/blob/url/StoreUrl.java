package cloud.stasis.image.blob.url;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.image.blob.s3.S3BlobStore;
import cloud.stasis.image.blob.s3.S3Location;
import cloud.stasis.image.blob.s3.S3Patience;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// Where a store lies, and with what it is opened: the one place that knows all backends.
public sealed interface StoreUrl {
    /// A directory.
    record Directory(Path path) implements StoreUrl {
        @Override
        public BlobStore open() {
            return LocalBlobStore.open(path);
        }

        @Override
        public BlobStore look() {
            return LocalBlobStore.look(path);
        }
    }

    /// A bucket, or a part of one.
    record Bucket(S3Location location, AwsCredentialsProvider credentials) implements StoreUrl {
        @Override
        public BlobStore open() {
            return S3BlobStore.open(location, credentials, S3Patience.STANDARD);
        }

        @Override
        public BlobStore look() {
            return S3BlobStore.look(location, credentials, S3Patience.STANDARD);
        }
    }

    /// What goes with the address of a bucket.
    ///
    /// @param endpoint of a server that is not Amazon's
    /// @param key and its secret; without them the SDK looks where it always does
    record BucketAccess(Optional<URI> endpoint, String region, Optional<Key> key) {
        public record Key(String id, String secret) {
            @Override
            public String toString() {
                return "key " + id;
            }
        }

        /// As the environment has it: `STASIS_S3_ENDPOINT`, `STASIS_S3_REGION`, `STASIS_S3_ACCESS_KEY`,
        /// `STASIS_S3_SECRET_KEY`.
        public static BucketAccess fromEnvironment() {
            Optional<String> id = Optional.ofNullable(System.getenv("STASIS_S3_ACCESS_KEY"));
            return new BucketAccess(
                    Optional.ofNullable(System.getenv("STASIS_S3_ENDPOINT")).map(URI::create),
                    Optional.ofNullable(System.getenv("STASIS_S3_REGION")).orElse(DEFAULT_REGION),
                    id.map(known -> new Key(
                            known,
                            Optional.ofNullable(System.getenv("STASIS_S3_SECRET_KEY"))
                                    .orElse(""))));
        }

        AwsCredentialsProvider credentials() {
            return key.<AwsCredentialsProvider>map(known ->
                            StaticCredentialsProvider.create(AwsBasicCredentials.create(known.id, known.secret)))
                    .orElseGet(() -> DefaultCredentialsProvider.builder().build());
        }
    }

    /// Where most servers that are not Amazon's say that they are.
    String DEFAULT_REGION = "us-east-1";

    /// Opens the store, or makes one if there is nothing.
    BlobStore open();

    /// The store for who only looks; to be wrapped in a [cloud.stasis.image.blob.ReadOnlyBlobStore].
    BlobStore look();

    /// @param text `file:/directory`, a plain path, or `s3://bucket/prefix`
    /// @throws StasisException `INVALID_REQUEST`
    static StoreUrl parse(String text, BucketAccess access) {
        try {
            if (text.startsWith("s3:")) {
                return new Bucket(
                        S3Location.parse(URI.create(text), access.endpoint(), access.region()), access.credentials());
            }
            return new Directory(text.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text));
        } catch (IllegalArgumentException e) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "a store is named file:/directory or s3://bucket/prefix", e);
        }
    }
}
