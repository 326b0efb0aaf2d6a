package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Optional;

/// A project, or a domain, which is a project that others live in.
///
/// @param domain that it lives in; empty for a domain
/// @param tags in the order in which they were given
/// @param parent the project above it; empty for a domain, and for a project right below its domain
public record Project(
        ProjectId id,
        Optional<DomainId> domain,
        Optional<ProjectId> parent,
        String name,
        String description,
        boolean enabled,
        List<String> tags,
        Kind kind) {
    public Project {
        tags = List.copyOf(tags);
    }

    /// Whether it holds machines or other projects.
    public enum Kind {
        PROJECT,
        DOMAIN
    }

    public boolean isDomain() {
        return kind == Kind.DOMAIN;
    }

    public Scope.NamedDomain asDomain() {
        return new Scope.NamedDomain(new DomainId(id.value()), name);
    }

    /// The projects from just above this one up to, and with, its domain.
    public record Ancestors(List<ProjectId> projects, Project domain) {
        public Ancestors {
            projects = List.copyOf(projects);
        }
    }
}
