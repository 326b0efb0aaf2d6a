package cloud.stasis.gateway.identity;

/// Names one role.
public record RoleId(String value) {
    public RoleId {
        IdentityLimits.checkId("role", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
