package cloud.stasis.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A network as an operator configures it, `name:id:cidr:bridge`.
///
/// @param name that tenants see
/// @param cidr of its IPv4 addresses, as `10.77.0.0/24`
/// @param bridge of the host
public record OperatorNetwork(String name, NetworkId id, String cidr, String bridge) {
    /// A bridge is a network interface of Linux, whose names have at most 15 characters.
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,63}):([0-9a-fA-F-]{32,36})"
            + ":((?:\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}):([A-Za-z0-9_.-]{1,15})");

    /// @throws StasisException `INVALID_REQUEST` unless `text` has that form
    public static OperatorNetwork parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "STASIS_NETWORKS lists networks as name:id:cidr:bridge, not " + text);
        }
        return new OperatorNetwork(parts.group(1), NetworkId.parse(parts.group(2)), parts.group(3), parts.group(4));
    }
}
