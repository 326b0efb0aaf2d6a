package cloud.stasis.gateway.compute.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

@Entity(name = "ServerGroupMember")
@Table(name = "server_group_member")
class ServerGroupMemberEntity {
    @Id
    @Column(name = "instance_id")
    UUID instanceId;

    @Column(name = "group_id", nullable = false, updatable = false)
    UUID groupId;
}
