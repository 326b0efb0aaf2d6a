package cloud.stasis.image.blob.s3;

import cloud.stasis.testkit.S3Server;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// Buckets of the test server, as stores are told of them.
public final class Buckets {
    private Buckets() {}

    /// A place for nobody else.
    public static S3Location fresh() {
        S3Server server = S3Server.running();
        return new S3Location(server.newBucket(), "some/prefix/", Optional.of(server.uri()), "us-east-1");
    }

    public static AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Server.KEY, S3Server.SECRET));
    }
}
