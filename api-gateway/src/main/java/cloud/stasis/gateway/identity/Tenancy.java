package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;

/// The rules for projects and domains. Every method must be called within a transaction.
public final class Tenancy {
    private final Projects projects;

    public Tenancy(Projects projects) {
        this.projects = projects;
    }

    /// @param domain that the project shall live in; of no meaning for a domain
    /// @param parent a project, or a domain, which is then the same as the domain
    public record Plan(
            Project.Kind kind,
            String name,
            String description,
            boolean enabled,
            DomainId domain,
            Optional<ProjectId> parent,
            List<String> tags) {}

    public record Change(
            Optional<String> name,
            Optional<String> description,
            Optional<Boolean> enabled,
            Optional<List<String>> tags) {}

    public Project create(Plan plan) {
        ProjectId id = new ProjectId(Ids.random());
        Project made = plan.kind() == Project.Kind.DOMAIN
                ? new Project(
                        id,
                        Optional.empty(),
                        Optional.empty(),
                        plan.name(),
                        plan.description(),
                        plan.enabled(),
                        plan.tags(),
                        Project.Kind.DOMAIN)
                : below(plan, id);
        projects.add(made);
        return made;
    }

    public Project change(ProjectId id, Change change) {
        Project before = projects.required(id);
        Project after = new Project(
                id,
                before.domain(),
                before.parent(),
                change.name().orElse(before.name()),
                change.description().orElse(before.description()),
                change.enabled().orElse(before.enabled()),
                change.tags().orElse(before.tags()),
                before.kind());
        boolean disabled = before.enabled() && !after.enabled();
        if (disabled && !before.isDomain() && children(id).stream().anyMatch(Project::enabled)) {
            throw forbidden("project " + id + " has enabled projects below it; disable those first");
        }
        projects.change(after);
        if (disabled) {
            projects.voidTokens(id);
        }
        return after;
    }

    /// What it holds elsewhere, such as machines and images, stays and belongs to nobody, as with Keystone.
    public void remove(ProjectId id) {
        Project project = projects.required(id);
        if (project.isDomain() && project.enabled()) {
            throw forbidden("domain " + id + " is enabled; disable it before you delete it");
        }
        if (!project.isDomain() && !children(id).isEmpty()) {
            throw forbidden("project " + id + " has projects below it; delete those first");
        }
        projects.remove(project);
    }

    private Project below(Plan plan, ProjectId id) {
        Optional<Project> above = plan.parent().map(this::parent);
        DomainId domain = above.map(found ->
                        found.domain().orElseGet(() -> new DomainId(found.id().value())))
                .orElse(plan.domain());
        projects.requiredDomain(domain);
        return new Project(
                id,
                Optional.of(domain),
                above.filter(found -> !found.isDomain()).map(Project::id),
                plan.name(),
                plan.description(),
                plan.enabled(),
                plan.tags(),
                Project.Kind.PROJECT);
    }

    private Project parent(ProjectId id) {
        Project parent = projects.find(id)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "There is no project " + id + " to put the new one under."));
        // Itself, those above it, its domain; and then the new one.
        if (projects.ancestors(parent).projects().size() + 3 > IdentityLimits.PROJECT_DEPTH) {
            throw forbidden(
                    "projects may be nested at most " + IdentityLimits.PROJECT_DEPTH + " levels deep, domain included");
        }
        return parent;
    }

    private List<Project> children(ProjectId id) {
        return projects.list(new Projects.Filter(
                Optional.empty(), Optional.empty(), Optional.of(id), Optional.empty(), Project.Kind.PROJECT));
    }

    private static StasisException forbidden(String reason) {
        return new StasisException(ErrorCode.ACCESS_DENIED, "This is not allowed: " + reason + ".");
    }
}
