package cloud.stasis.cli.screen;

import cloud.stasis.model.ByteCount;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// How far something is. What is not known is empty; a total of bytes may grow while work goes on.
///
/// @param doing what is going on now, as one or two words
/// @param percent 0 to 100
/// @param left how long the server says that it will take
public record Progress(
        String doing, OptionalInt percent, ByteCount done, Optional<ByteCount> total, Optional<Duration> left) {

    public static Progress of(String doing) {
        return new Progress(doing, OptionalInt.empty(), ByteCount.ZERO, Optional.empty(), Optional.empty());
    }

    public static Progress ofBytes(String doing, ByteCount done, ByteCount total) {
        int percent = total.isZero() ? 100 : (int) Math.min(100, done.bytes() * 100.0 / total.bytes());
        return new Progress(doing, OptionalInt.of(percent), done, Optional.of(total), Optional.empty());
    }
}
