package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.User;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Optional;

@Entity
@Table(name = "identity_user")
class UserEntity {
    @Id
    @Column(length = 64)
    String id = "";

    @Column(name = "domain_id", nullable = false, length = 64)
    String domainId = "";

    @Column(nullable = false)
    String name = "";

    @Column(nullable = false, length = 4096)
    String description = "";

    @Column(nullable = false)
    String email = "";

    @Column(nullable = false)
    boolean enabled;

    @Column(name = "default_project_id", nullable = false, length = 64)
    String defaultProjectId = "";

    @Column(nullable = false, columnDefinition = "longtext")
    String extra = "{}";

    @Column(name = "password_hash", nullable = false)
    String passwordHash = "";

    @Column(name = "token_epoch", nullable = false)
    long tokenEpoch;

    void take(User user) {
        id = user.id().value();
        domainId = user.domain().value();
        name = user.name();
        description = user.description();
        email = user.email();
        enabled = user.enabled();
        extra = RowJson.write(user.extra());
        defaultProjectId = user.defaultProject().map(ProjectId::value).orElse("");
    }

    User toUser() {
        return new User(
                new UserId(id),
                new DomainId(domainId),
                name,
                description,
                email,
                enabled,
                Optional.of(defaultProjectId).filter(text -> !text.isEmpty()).map(ProjectId::new),
                RowJson.readStrings(extra));
    }
}
