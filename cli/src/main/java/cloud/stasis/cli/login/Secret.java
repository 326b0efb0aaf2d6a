package cloud.stasis.cli.login;

/// A password, a token, or another text that must never be shown.
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "***";
    }
}
