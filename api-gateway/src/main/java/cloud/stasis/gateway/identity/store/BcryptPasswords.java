package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.PasswordHash;
import cloud.stasis.gateway.identity.Passwords;
import io.quarkus.elytron.security.common.BcryptUtil;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Bcrypt, which reads only 72 bytes of what it is given. So it is given a digest of the password: every byte of a
/// long passphrase counts. The digest is keyed, with no secret, only so that it is not a plain SHA-256 which a leak
/// elsewhere may hold.
public final class BcryptPasswords implements Passwords {
    private static final SecretKeySpec PURPOSE =
            new SecretKeySpec("stasis identity password".getBytes(StandardCharsets.UTF_8), "HmacSHA256");

    private final int cost;

    /// @param cost the work doubles with each step
    public BcryptPasswords(int cost) {
        this.cost = cost;
    }

    @Override
    public PasswordHash hash(String password) {
        return new PasswordHash(BcryptUtil.bcryptHash(digest(password), cost));
    }

    @Override
    public boolean matches(String password, PasswordHash hash) {
        return BcryptUtil.matches(digest(password), hash.text());
    }

    private static String digest(String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(PURPOSE);
            return Base64.getEncoder().encodeToString(mac.doFinal(password.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HmacSHA256", impossible);
        }
    }
}
