package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.util.List;
import java.util.Optional;

/// Somebody says who they are and for what they want a token.
///
/// @param proofs every one of them must hold, and all must be of the same user
public record LoginRequest(List<Proof> proofs, WantedScope scope) {
    public LoginRequest {
        proofs = List.copyOf(proofs);
    }

    public sealed interface Proof {
        record ByPassword(UserRef user, String password) implements Proof {
            @Override
            public String toString() {
                return "ByPassword[" + user + "]";
            }
        }

        record ByToken(String text) implements Proof {
            @Override
            public String toString() {
                return "ByToken[]";
            }
        }

        record ByApplicationCredential(CredentialRef credential, String secret) implements Proof {
            @Override
            public String toString() {
                return "ByApplicationCredential[" + credential + "]";
            }
        }
    }

    public sealed interface DomainRef {
        record ById(DomainId id) implements DomainRef {}

        record ByName(String name) implements DomainRef {}
    }

    public sealed interface UserRef {
        record ById(UserId id) implements UserRef {}

        record ByName(String name, DomainRef domain) implements UserRef {}
    }

    public sealed interface CredentialRef {
        record ById(CredentialId id) implements CredentialRef {}

        record ByName(String name, UserRef user) implements CredentialRef {}
    }

    public sealed interface WantedScope {
        /// The user's default project if there is one and it may be used, else nothing.
        record Unsaid() implements WantedScope {}

        record Nothing() implements WantedScope {}

        record OfProject(ProjectId id) implements WantedScope {}

        record OfNamedProject(String name, DomainRef domain) implements WantedScope {}

        record OfDomain(DomainRef domain) implements WantedScope {}

        record OfSystem() implements WantedScope {}
    }

    /// The first proof by application credential, if there is one: it fixes the project.
    Optional<Proof.ByApplicationCredential> applicationCredential() {
        return proofs.stream()
                .filter(Proof.ByApplicationCredential.class::isInstance)
                .map(Proof.ByApplicationCredential.class::cast)
                .findFirst();
    }
}
