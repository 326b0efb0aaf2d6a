package cloud.stasis.model;

import java.util.regex.Pattern;

/// What a name must look like before it may stand in a path, a topic or a URL.
final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    private Names() {}

    static void check(String what, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new StasisException(ErrorCode.INVALID_ID, "not a valid " + what);
        }
    }
}
