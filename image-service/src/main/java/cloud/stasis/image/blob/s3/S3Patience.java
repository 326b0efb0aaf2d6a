package cloud.stasis.image.blob.s3;

import java.time.Duration;

/// How long a server is given.
///
/// @param connect to take a connection
/// @param silence to say anything more: a connection that was lost on the way, without an end, says nothing for ever.
/// What this host has taken to be sent, up to 4 MiB, may take half of it on the slowest network
/// @param attempt for one request with its body: 16 MiB at 256 KiB/s
/// @param call for all attempts together
/// @param attempts at most
public record S3Patience(Duration connect, Duration silence, Duration attempt, Duration call, int attempts) {
    public static final S3Patience STANDARD = new S3Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(32), Duration.ofSeconds(64), Duration.ofMinutes(3), 6);
}
