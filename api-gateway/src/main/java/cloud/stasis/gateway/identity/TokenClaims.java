package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// What stands in a token and is signed: who, for what, and when; ids only.
///
/// @param parentAuditId of the first token of the chain that this one was made from
/// @param issuedAt to the microsecond, as the API shows it
public record TokenClaims(
        String auditId,
        Optional<String> parentAuditId,
        UserId user,
        Target target,
        Set<Token.Method> methods,
        Optional<CredentialId> applicationCredential,
        Epochs epochs,
        Instant issuedAt,
        Instant expiresAt) {
    public TokenClaims {
        methods = Set.copyOf(methods);
    }

    /// Counters of the user and of the scope that are raised to void every token that is out.
    public record Epochs(long user, long scope) {}

    /// The scope, by id.
    public sealed interface Target {
        record Nothing() implements Target {}

        record OfProject(ProjectId id) implements Target {}

        record OfDomain(DomainId id) implements Target {}

        record OfSystem() implements Target {}
    }
}
