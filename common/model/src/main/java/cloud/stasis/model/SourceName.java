package cloud.stasis.model;

import java.util.regex.Pattern;

/// The name of a file directly in the directory of a storage backend, which an operator put there. It cannot lead
/// anywhere else: letters, digits, `.`, `_` and `-`, the first of them no dot and no dash.
public record SourceName(String value) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,254}");

    public SourceName {
        if (!isOne(value)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "a source name is the name of a file: up to 255 letters, digits, \".\", \"_\" and \"-\"");
        }
    }

    public static boolean isOne(String text) {
        return NAME.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
