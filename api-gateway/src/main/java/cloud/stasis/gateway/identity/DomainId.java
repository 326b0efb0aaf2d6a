package cloud.stasis.gateway.identity;

/// Names one domain: the name space that users, groups and projects live in.
public record DomainId(String value) {
    public static final DomainId DEFAULT = new DomainId("default");

    public DomainId {
        IdentityLimits.checkId("domain", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
