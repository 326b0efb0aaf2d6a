package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.ApplicationCredential;
import cloud.stasis.gateway.identity.CredentialId;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "identity_application_credential")
class ApplicationCredentialEntity {
    @Id
    @Column(length = 64)
    String id = "";

    @Column(name = "user_id", nullable = false, length = 64)
    String userId = "";

    @Column(name = "project_id", nullable = false, length = 64)
    String projectId = "";

    @Column(nullable = false)
    String name = "";

    @Column(nullable = false, length = 4096)
    String description = "";

    @Column(name = "secret_hash", nullable = false)
    String secretHash = "";

    @Column(name = "expires_at")
    @Nullable
    Instant expiresAt;

    @Column(nullable = false)
    boolean unrestricted;

    @ElementCollection(fetch = FetchType.EAGER)
    @CollectionTable(
            name = "identity_application_credential_role",
            joinColumns = @JoinColumn(name = "application_credential_id"))
    @Column(name = "role_id", nullable = false, length = 64)
    Set<String> roles = new HashSet<>();

    void take(ApplicationCredential credential) {
        id = credential.id().value();
        userId = credential.user().value();
        projectId = credential.project().value();
        name = credential.name();
        description = credential.description();
        expiresAt = credential.expiresAt().orElse(null);
        unrestricted = credential.unrestricted();
        credential.roles().forEach(role -> roles.add(role.value()));
    }

    ApplicationCredential toCredential() {
        return new ApplicationCredential(
                new CredentialId(id),
                new UserId(userId),
                new ProjectId(projectId),
                name,
                description,
                Optional.ofNullable(expiresAt),
                roles.stream().sorted().map(RoleId::new).toList(),
                unrestricted);
    }
}
