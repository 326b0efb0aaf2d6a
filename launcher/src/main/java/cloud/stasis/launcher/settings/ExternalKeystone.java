package cloud.stasis.launcher.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Keystone that knows the users instead of the gateway. What the gateway is told of it may stand in
/// `etc/stasis.env`, too, and clients are led there as the service user: the one account of it that this cloud knows.
///
/// @param domain of both the user and the project, by name
public record ExternalKeystone(String url, String user, String password, String project, String domain) {
    private static final String PREFIX = "STASIS_IDENTITY_KEYSTONE_";
    private static final String URL = PREFIX + "URL";
    private static final String PASSWORD = PREFIX + "PASSWORD";
    private static final List<String> VARIABLES = List.of(
            URL,
            PREFIX + "USER",
            PASSWORD,
            PREFIX + "PROJECT",
            PREFIX + "DOMAIN",
            PREFIX + "REGISTER",
            PREFIX + "MEMORY");

    /// Empty if none is named.
    ///
    /// @throws LaunchException if one is named without the service user's password
    public static Optional<ExternalKeystone> of(Settings settings) {
        String url = settings.text(URL, "");
        if (url.isEmpty()) {
            return Optional.empty();
        }
        String password = settings.text(PASSWORD, "");
        if (password.isEmpty()) {
            throw new LaunchException(
                    URL + " names a Keystone, so " + PASSWORD + " must be the password of the service user there.");
        }
        // What is not said is what the gateway takes then.
        return Optional.of(new ExternalKeystone(
                url,
                settings.text(PREFIX + "USER", "stasis"),
                password,
                settings.text(PREFIX + "PROJECT", "service"),
                settings.text(PREFIX + "DOMAIN", "Default")));
    }

    /// What the gateway is told of it.
    public static Map<String, String> variables(Settings settings) {
        Map<String, String> said = new LinkedHashMap<>();
        if (of(settings).isPresent()) {
            for (String variable : VARIABLES) {
                String value = settings.text(variable, "");
                if (!value.isEmpty()) {
                    said.put(variable, value);
                }
            }
        }
        return said;
    }

    /// Never the password: records print themselves into logs.
    @Override
    public String toString() {
        return "ExternalKeystone[" + url + ", " + user + "]";
    }
}
