package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Group;
import cloud.stasis.gateway.identity.GroupId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "identity_group")
class GroupEntity {
    @Id
    @Column(length = 64)
    String id = "";

    @Column(name = "domain_id", nullable = false, length = 64)
    String domainId = "";

    @Column(nullable = false, length = 64)
    String name = "";

    @Column(nullable = false, length = 4096)
    String description = "";

    void take(Group group) {
        id = group.id().value();
        domainId = group.domain().value();
        name = group.name();
        description = group.description();
    }

    Group toGroup() {
        return new Group(new GroupId(id), new DomainId(domainId), name, description);
    }
}
