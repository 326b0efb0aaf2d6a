package cloud.stasis.gateway.identity;

/// Names one application credential.
public record CredentialId(String value) {
    public CredentialId {
        IdentityLimits.checkId("application credential", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
