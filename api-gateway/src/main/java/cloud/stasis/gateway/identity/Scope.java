package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;

/// What a token is good for.
public sealed interface Scope {
    /// Only to ask for a scoped token, and to look at oneself.
    record Unscoped() implements Scope {}

    record Project(ProjectId id, String name, NamedDomain domain) implements Scope {}

    record Domain(NamedDomain domain) implements Scope {}

    /// The whole deployment.
    record System() implements Scope {}

    /// A domain as tokens show it.
    record NamedDomain(DomainId id, String name) {}
}
