package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A secret by which a program logs in as a user, for one project and with some of the user's roles.
///
/// @param unrestricted it may itself make and delete application credentials
public record ApplicationCredential(
        CredentialId id,
        UserId user,
        ProjectId project,
        String name,
        String description,
        Optional<Instant> expiresAt,
        List<RoleId> roles,
        boolean unrestricted) {
    public ApplicationCredential {
        roles = List.copyOf(roles);
    }
}
