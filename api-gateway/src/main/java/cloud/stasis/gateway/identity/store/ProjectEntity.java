package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Project;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.model.ProjectId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Optional;

@Entity
@Table(name = "identity_project")
class ProjectEntity {
    @Id
    @Column(length = 64)
    String id = "";

    @Column(name = "domain_id", nullable = false, length = 64)
    String domainId = "";

    @Column(name = "parent_id", nullable = false, length = 64)
    String parentId = "";

    @Column(nullable = false, length = 64)
    String name = "";

    @Column(nullable = false, length = 4096)
    String description = "";

    @Column(nullable = false)
    boolean enabled;

    @Column(nullable = false, columnDefinition = "longtext")
    String tags = "[]";

    @Column(name = "is_domain", nullable = false)
    boolean isDomain;

    @Column(name = "token_epoch", nullable = false)
    long tokenEpoch;

    void take(Project project) {
        id = project.id().value();
        domainId = project.domain().map(DomainId::value).orElse("");
        parentId = project.parent().map(ProjectId::value).orElse("");
        name = project.name();
        description = project.description();
        enabled = project.enabled();
        tags = RowJson.write(project.tags());
        isDomain = project.isDomain();
    }

    Project toProject() {
        return new Project(
                new ProjectId(id),
                Optional.of(domainId).filter(text -> !text.isEmpty()).map(DomainId::new),
                Optional.of(parentId).filter(text -> !text.isEmpty()).map(ProjectId::new),
                name,
                description,
                enabled,
                RowJson.readList(tags),
                isDomain ? Project.Kind.DOMAIN : Project.Kind.PROJECT);
    }
}
