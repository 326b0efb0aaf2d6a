package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Role;
import cloud.stasis.gateway.identity.RoleId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Optional;

@Entity
@Table(name = "identity_role")
class RoleEntity {
    @Id
    @Column(length = 64)
    String id = "";

    @Column(name = "domain_id", nullable = false, length = 64)
    String domainId = "";

    @Column(nullable = false)
    String name = "";

    @Column(nullable = false, length = 4096)
    String description = "";

    void take(Role role) {
        id = role.id().value();
        domainId = role.domain().map(DomainId::value).orElse("");
        name = role.name();
        description = role.description();
    }

    Role toRole() {
        return new Role(
                new RoleId(id),
                Optional.of(domainId).filter(text -> !text.isEmpty()).map(DomainId::new),
                name,
                description);
    }
}
