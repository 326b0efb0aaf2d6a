package cloud.stasis.image.blob.s3;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.net.URI;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// Makes the client of the SDK: the one place that knows its settings.
final class S3Clients {
    /// Of an upload in parts: the least that a server takes is 5 MiB.
    static final ByteCount PART = ByteCount.ofMib(8);

    /// What is not larger goes in one request. A writer closes a pack when it has 8 MiB; the last blob, and a directory
    /// of ordinary blobs, make it a little larger, and parts would take four requests.
    static final ByteCount ONE_PUT = ByteCount.ofMib(9);

    /// At a time; who needs one more waits.
    private static final int CONNECTIONS = 128;

    private S3Clients() {}

    static S3Client of(S3Location location, AwsCredentialsProvider credentials, S3Patience patience) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(location.region()))
                .credentialsProvider(credentials)
                // Every blob and manifest has a hash of its own, and many servers know no others.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClient(Apache5HttpClient.builder()
                        .connectionTimeout(patience.connect())
                        .connectionAcquisitionTimeout(patience.attempt())
                        .socketTimeout(patience.silence())
                        .maxConnections(CONNECTIONS)
                        .build())
                .overrideConfiguration(override -> override.apiCallTimeout(patience.call())
                        .apiCallAttemptTimeout(patience.attempt())
                        .retryStrategy(
                                retry -> retry.maxAttempts(patience.attempts()).retryOnException(S3Clients::isCutOff)));
        for (URI endpoint : location.endpoint().stream().toList()) {
            builder.endpointOverride(endpoint).forcePathStyle(true);
        }
        return builder.build();
    }

    /// The connection ended in the middle of an answer; the SDK repeats other ends by itself.
    private static boolean isCutOff(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException || cause instanceof XMLStreamException) {
                return true;
            }
        }
        return false;
    }
}
