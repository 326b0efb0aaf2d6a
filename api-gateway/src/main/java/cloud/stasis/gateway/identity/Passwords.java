package cloud.stasis.gateway.identity;

/// One-way hashing that is slow on purpose. Both methods take a tenth of a second of a processor.
public interface Passwords {
    PasswordHash hash(String password);

    boolean matches(String password, PasswordHash hash);
}
