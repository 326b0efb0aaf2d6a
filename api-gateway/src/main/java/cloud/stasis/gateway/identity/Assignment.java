package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;

/// Somebody holds a role on something.
public record Assignment(Actor actor, Target target, RoleId role, Reach reach) {
    public sealed interface Actor {
        record OfUser(UserId id) implements Actor {}

        record OfGroup(GroupId id) implements Actor {}
    }

    public sealed interface Target {
        record OnProject(ProjectId id) implements Target {}

        record OnDomain(DomainId id) implements Target {}

        record OnSystem() implements Target {}
    }

    /// Where it holds.
    public enum Reach {
        TARGET,
        /// Not on the target, but on every project below it.
        PROJECTS_BELOW
    }
}
