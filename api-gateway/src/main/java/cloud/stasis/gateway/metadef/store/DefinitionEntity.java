package cloud.stasis.gateway.metadef.store;

import cloud.stasis.gateway.metadef.Definition;
import cloud.stasis.gateway.metadef.MetadefName;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "metadef_definition")
class DefinitionEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    long id;

    @Column(name = "namespace_id", nullable = false)
    long namespaceId;

    @Column(nullable = false, length = 16)
    String kind = "";

    @Column(nullable = false, length = 80)
    String name = "";

    @Column(nullable = false, columnDefinition = "mediumtext")
    String content = "";

    @Column(name = "created_at", nullable = false)
    Instant createdAt = Instant.EPOCH;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt = Instant.EPOCH;

    void take(Definition definition) {
        kind = definition.kind().name();
        name = definition.name().value();
        content = definition.content().json();
        createdAt = definition.createdAt();
        updatedAt = definition.updatedAt();
    }

    Definition toDefinition() {
        return new Definition(
                Definition.Kind.valueOf(kind),
                new MetadefName(name),
                new Definition.Content(content),
                createdAt,
                updatedAt);
    }
}
