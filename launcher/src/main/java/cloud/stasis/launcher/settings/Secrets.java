package cloud.stasis.launcher.settings;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// What only this cloud knows. Made once; a name that a newer version adds is made at its first start.
public record Secrets(String adminPassword, String databasePassword, String tokenKey, String capabilityKey) {
    private static final String ADMIN_PASSWORD = "STASIS_ADMIN_PASSWORD";
    private static final String DATABASE_PASSWORD = "STASIS_DATABASE_PASSWORD";
    private static final String TOKEN_KEY = "STASIS_TOKEN_KEY";
    private static final String CAPABILITY_KEY = "STASIS_CAPABILITY_KEY";

    /// 144 bits: 24 characters that a person can still paste.
    private static final int PASSWORD_BYTES = 18;

    /// The key length of HMAC-SHA-256.
    private static final int KEY_BYTES = 32;

    /// Reads the secrets of a home and adds those that are missing.
    public static Secrets ensure(EnvFile file) {
        Map<String, String> values = new LinkedHashMap<>(file.read());
        int before = values.size();
        Secrets secrets = new Secrets(
                values.computeIfAbsent(ADMIN_PASSWORD, name -> random(PASSWORD_BYTES)),
                values.computeIfAbsent(DATABASE_PASSWORD, name -> random(PASSWORD_BYTES)),
                values.computeIfAbsent(TOKEN_KEY, name -> random(KEY_BYTES)),
                values.computeIfAbsent(CAPABILITY_KEY, name -> random(KEY_BYTES)));
        if (values.size() > before) {
            file.write(
                    "Secrets and settings of this cloud, read at each start. The environment goes before it.", values);
        }
        return secrets;
    }

    private static String random(int bytes) {
        byte[] value = new byte[bytes];
        new SecureRandom().nextBytes(value);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }

    /// Never the values: records print themselves into logs.
    @Override
    public String toString() {
        return "Secrets[4 values]";
    }
}
