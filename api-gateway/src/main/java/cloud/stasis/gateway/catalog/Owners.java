package cloud.stasis.gateway.catalog;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Project;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// To whom a bundle belongs. A project that only the store knows is made again, with its id, so that everything of it
/// comes together, whoever tells of it first; users are given roles on it by an operator.
final class Owners {
    private static final Logger LOG = Logger.getLogger(Owners.class);

    /// Of a project's name.
    private static final int MAX_NAME = 64;

    private final Projects projects;

    Owners(Projects projects) {
        this.projects = projects;
    }

    /// @throws StasisException `INVALID_REQUEST` if there is no such project, or the bundle names none
    ProjectId of(Manifest manifest, Optional<ProjectId> assigned) {
        if (assigned.isPresent()) {
            return projects.find(assigned.get())
                    .filter(project -> !project.isDomain())
                    .map(Project::id)
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.INVALID_REQUEST, "There is no project " + assigned.get() + "."));
        }
        String own = manifest.metadata().getOrDefault("project", "");
        if (own.isEmpty()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "The bundle does not say whose it is: assign it to a project.");
        }
        ProjectId id = new ProjectId(own);
        return projects.find(id).map(Project::id).orElseGet(() -> remade(id, manifest));
    }

    private ProjectId remade(ProjectId id, Manifest manifest) {
        String known = manifest.metadata().getOrDefault("project_name", id.value());
        String name = known.length() <= MAX_NAME ? known : known.substring(0, MAX_NAME);
        boolean isTaken = projects.findByName(DomainId.DEFAULT, name).isPresent();
        projects.add(new Project(
                id,
                Optional.of(DomainId.DEFAULT),
                Optional.empty(),
                isTaken ? id.value() : name,
                "Made again from the image store",
                true,
                List.of(),
                Project.Kind.PROJECT));
        LOG.infof("A project is made again from the store projectId=%s name=%s", id, name);
        return id;
    }
}
