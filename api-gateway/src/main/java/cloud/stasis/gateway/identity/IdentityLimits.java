package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.regex.Pattern;

/// How long things of the identity API may be. Keystone's numbers, because clients and tests rely on them.
public final class IdentityLimits {
    /// Names of domains and projects, in characters.
    public static final int PROJECT_NAME = 64;
    /// Names of users, roles and application credentials, in characters.
    public static final int NAME = 255;
    /// Free text, in characters: what a description column holds.
    public static final int DESCRIPTION = 4096;
    /// Enough for any passphrase; more is only a way to keep us busy.
    public static final int PASSWORD = 4096;

    /// Attributes that clients keep with a user, beside those that the API has names for.
    public static final int EXTRA = 32;
    /// Tags of a project, and characters of each.
    public static final int TAGS = 80;

    public static final int TAG = 255;

    /// Regions, services and endpoints each that operators may enter: all of them travel with each token.
    public static final int CATALOGUE = 200;
    /// The address of an endpoint, in characters.
    public static final int URL = 2048;

    /// Entries of one list. Nobody reads more, and one who asks for more has a filter.
    public static final int LIST = 10_000;
    /// Projects above a project: Keystone allows five levels with the domain.
    public static final int PROJECT_DEPTH = 5;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    private IdentityLimits() {}

    /// @throws StasisException `INVALID_ID` unless `value` can be an id
    static void checkId(String what, String value) {
        if (!ID.matcher(value).matches()) {
            throw new StasisException(ErrorCode.INVALID_ID, "not a valid " + what + " id");
        }
    }
}
