package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;

/// Roles and what they imply, as kept. Every method joins the caller's transaction or is one by itself.
public interface Roles {
    Optional<Role> find(RoleId role);

    /// @param domain empty for the roles of the whole deployment
    List<Role> list(Optional<DomainId> domain, Optional<String> name);

    /// All of them, private ones too.
    List<Role> all();

    /// @throws StasisException `NAME_TAKEN` if there is a role of this name in its domain
    void add(Role role);

    void change(Role role);

    /// Removes the role and its assignments.
    void remove(RoleId role);

    List<Implication> implications();

    /// No effect if it is so already.
    void imply(Implication implication);

    /// @return false if it was not so
    boolean unimply(Implication implication);

    default Role required(RoleId role) {
        return find(role)
                .orElseThrow(
                        () -> new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find role: " + role + "."));
    }

    /// Who has the prior role has the implied one too.
    record Implication(RoleId prior, RoleId implied) {}
}
