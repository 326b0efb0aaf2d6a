package cloud.stasis.model;

import java.util.UUID;
import java.util.regex.Pattern;

/// The one place where text becomes a UUID. `UUID.fromString` accepts "1-1-1-1-1"; we do not.
final class Uuids {
    private static final Pattern DASHED =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern PLAIN = Pattern.compile("[0-9a-fA-F]{32}");

    private Uuids() {}

    static UUID parse(String what, String text) {
        if (DASHED.matcher(text).matches()) {
            return UUID.fromString(text);
        }
        if (PLAIN.matcher(text).matches()) {
            return new UUID(Long.parseUnsignedLong(text, 0, 16, 16), Long.parseUnsignedLong(text, 16, 32, 16));
        }
        throw new StasisException(ErrorCode.INVALID_ID, "not a valid " + what);
    }
}
