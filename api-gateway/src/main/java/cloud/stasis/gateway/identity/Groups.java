package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.util.List;
import java.util.Optional;

/// Groups and who is in them, as kept. Every method joins the caller's transaction or is one by itself.
public interface Groups {
    Optional<Group> find(GroupId group);

    List<Group> list(Optional<DomainId> domain, Optional<String> name);

    /// @throws StasisException `NAME_TAKEN` if the domain has a group of this name
    void add(Group group);

    void change(Group group);

    /// Removes the group with its memberships and assignments.
    void remove(GroupId group);

    /// No effect if the user is in it already.
    void addMember(GroupId group, UserId user);

    /// @return false if the user was not in it
    boolean removeMember(GroupId group, UserId user);

    boolean isMember(GroupId group, UserId user);

    List<UserId> members(GroupId group);

    List<Group> of(UserId user);

    default Group required(GroupId group) {
        return find(group)
                .orElseThrow(
                        () -> new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find group: " + group + "."));
    }
}
