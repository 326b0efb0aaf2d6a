package cloud.stasis.gateway.http.compute;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Times as Nova writes them: mostly to the second with a zone, but in some places to the microsecond without.
final class Times {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private Times() {}

    static String seconds(Instant instant) {
        return SECONDS.format(instant);
    }

    static String microseconds(Instant instant) {
        return MICROSECONDS.format(instant);
    }
}
