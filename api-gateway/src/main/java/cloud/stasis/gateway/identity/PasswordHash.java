package cloud.stasis.gateway.identity;

/// What is kept of a password. Never shown, never logged.
public record PasswordHash(String text) {
    @Override
    public String toString() {
        return "PasswordHash[]";
    }
}
