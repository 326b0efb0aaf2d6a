package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Who holds which role where, as kept. Every method joins the caller's transaction or is one by itself.
public interface Assignments {
    /// No effect if it is so already.
    void add(Assignment assignment);

    /// @return false if it was not so
    boolean remove(Assignment assignment);

    boolean exists(Assignment assignment);

    /// @return at most [IdentityLimits#LIST]
    List<Assignment> list(Filter filter);

    /// What the user holds, directly or through groups, on the target itself and inherited from what lies above it.
    ///
    /// @param above the projects and the domain over the target
    List<RoleId> rolesOf(UserId user, Assignment.Target target, Collection<ProjectId> above);

    /// Where the user holds anything, directly or through groups.
    List<Assignment> of(UserId user);

    record Filter(
            Optional<Assignment.Actor> actor,
            Optional<Assignment.Target> target,
            Optional<RoleId> role,
            Optional<Assignment.Reach> reach) {}
}
