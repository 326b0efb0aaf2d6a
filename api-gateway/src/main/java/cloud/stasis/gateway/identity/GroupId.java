package cloud.stasis.gateway.identity;

/// Names one group of users.
public record GroupId(String value) {
    public GroupId {
        IdentityLimits.checkId("group", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
