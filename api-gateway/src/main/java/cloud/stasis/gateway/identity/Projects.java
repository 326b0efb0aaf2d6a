package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Projects and domains, as kept. Every method joins the caller's transaction or is one by itself.
public interface Projects {
    Optional<Project> find(ProjectId project);

    Optional<Project> findByName(DomainId domain, String name);

    Optional<Project> findDomainByName(String name);

    /// @return in the order of their ids, at most [IdentityLimits#LIST]
    List<Project> list(Filter filter);

    List<Project> findAll(Collection<ProjectId> projects);

    /// @throws StasisException `NAME_TAKEN` if the domain has a project of this name
    void add(Project project);

    /// @throws StasisException `NAME_TAKEN` as above
    void change(Project project);

    /// Removes it with everything that is kept about it here: assignments, application credentials, and for a
    /// domain its projects, users, groups and roles.
    void remove(Project project);

    /// Every token for this project (or of this domain's users and projects) that was issued until now is void.
    void voidTokens(ProjectId project);

    /// What [#voidTokens] raises.
    long tokenEpoch(ProjectId project);

    default Optional<Project> findDomain(DomainId domain) {
        return find(new ProjectId(domain.value())).filter(Project::isDomain);
    }

    default Project required(ProjectId project) {
        return find(project)
                .orElseThrow(() ->
                        new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find project: " + project + "."));
    }

    default Project requiredDomain(DomainId domain) {
        return findDomain(domain)
                .orElseThrow(() ->
                        new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find domain: " + domain + "."));
    }

    /// From the project up to its domain.
    default Project.Ancestors ancestors(Project project) {
        List<ProjectId> above = new java.util.ArrayList<>();
        Optional<ProjectId> next = project.parent();
        while (next.isPresent() && above.size() < IdentityLimits.PROJECT_DEPTH) {
            above.add(next.get());
            next = find(next.get()).flatMap(Project::parent);
        }
        Project domain = project.domain().flatMap(this::findDomain).orElse(project);
        return new Project.Ancestors(above, domain);
    }

    /// @param parent also finds what lies right below a domain
    record Filter(
            Optional<String> name,
            Optional<DomainId> domain,
            Optional<ProjectId> parent,
            Optional<Boolean> enabled,
            Project.Kind kind) {}
}
