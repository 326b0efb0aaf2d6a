package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Users, as kept. Every method joins the caller's transaction or is one by itself.
public interface Users {
    Optional<User> find(UserId user);

    Optional<User> findByName(DomainId domain, String name);

    /// @return in the order of their ids, at most [IdentityLimits#LIST]
    List<User> list(Filter filter);

    List<User> findAll(Collection<UserId> users);

    /// @throws StasisException `NAME_TAKEN` if the domain has a user of this name
    void add(User user);

    /// @throws StasisException `NAME_TAKEN` as above
    void change(User user);

    /// Removes the user with its assignments, memberships and application credentials.
    void remove(UserId user);

    /// Empty for a user who has no password, and so cannot log in by one.
    Optional<PasswordHash> passwordHash(UserId user);

    void setPasswordHash(UserId user, PasswordHash hash);

    /// Every token of this user that was issued until now is void.
    void voidTokens(UserId user);

    /// What [#voidTokens] raises.
    long tokenEpoch(UserId user);

    default User required(UserId user) {
        return find(user)
                .orElseThrow(
                        () -> new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find user: " + user + "."));
    }

    record Filter(Optional<String> name, Optional<DomainId> domain, Optional<Boolean> enabled) {}
}
