package cloud.stasis.gateway.identity;

import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.util.List;
import java.util.Optional;

/// Application credentials, as kept. Every method joins the caller's transaction or is one by itself.
public interface ApplicationCredentials {
    Optional<ApplicationCredential> find(CredentialId credential);

    Optional<ApplicationCredential> findByName(UserId user, String name);

    List<ApplicationCredential> list(UserId user, Optional<String> name);

    PasswordHash secretHash(CredentialId credential);

    /// @throws StasisException `NAME_TAKEN` if the user has one of this name
    void add(ApplicationCredential credential, PasswordHash secret);

    void remove(CredentialId credential);
}
