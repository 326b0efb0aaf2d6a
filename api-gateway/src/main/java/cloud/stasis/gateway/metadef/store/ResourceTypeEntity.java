package cloud.stasis.gateway.metadef.store;

import cloud.stasis.gateway.metadef.MetadefName;
import cloud.stasis.gateway.metadef.MetadefTable.ResourceType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "metadef_resource_type")
class ResourceTypeEntity {
    @Id
    @Column(length = 80)
    String name = "";

    @Column(name = "created_at", nullable = false)
    Instant createdAt = Instant.EPOCH;

    ResourceType toResourceType() {
        return new ResourceType(new MetadefName(name), createdAt);
    }
}
