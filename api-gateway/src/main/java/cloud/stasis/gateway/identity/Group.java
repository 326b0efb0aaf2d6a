package cloud.stasis.gateway.identity;

/// Users who are given roles together.
public record Group(GroupId id, DomainId domain, String name, String description) {}
