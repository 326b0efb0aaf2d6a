package cloud.stasis.gateway.metadef.store;

import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.gateway.metadef.MetadefName;
import cloud.stasis.gateway.metadef.Namespace;
import cloud.stasis.gateway.metadef.Namespace.Protection;
import cloud.stasis.model.ProjectId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "metadef_namespace")
class NamespaceEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    long id;

    @Column(nullable = false, length = 80)
    String name = "";

    @Column(name = "display_name", length = 80)
    @Nullable
    String displayName;

    @Column(columnDefinition = "text")
    @Nullable
    String description;

    @Column(nullable = false, length = 16)
    String visibility = "";

    @Column(name = "protected", nullable = false)
    boolean isProtected;

    @Column(nullable = false, length = 64)
    String owner = "";

    @Column(name = "created_at", nullable = false)
    Instant createdAt = Instant.EPOCH;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt = Instant.EPOCH;

    void take(Namespace namespace) {
        Namespace.Details details = namespace.details();
        name = details.name().value();
        displayName = details.label().displayName().orElse(null);
        description = details.label().description().orElse(null);
        visibility = details.visibility().wireName();
        isProtected = namespace.isProtected();
        owner = details.owner().value();
        createdAt = namespace.createdAt();
        updatedAt = namespace.updatedAt();
    }

    Namespace toNamespace() {
        return new Namespace(
                new Namespace.Id(id),
                new Namespace.Details(
                        new MetadefName(name),
                        new Namespace.Label(Optional.ofNullable(displayName), Optional.ofNullable(description)),
                        Visibility.of(visibility).orElseThrow(),
                        isProtected ? Protection.PROTECTED : Protection.OPEN,
                        new ProjectId(owner)),
                createdAt,
                updatedAt);
    }
}
