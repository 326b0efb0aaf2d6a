package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The stored servers. Changes must be made within a transaction, to a row that it has locked.
public interface Instances {
    /// Any project's, unless it is deleted.
    Optional<Instance> find(InstanceId instance);

    /// Also one that was deleted.
    Optional<Instance> ever(InstanceId instance);

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<Instance> lock(InstanceId instance);

    void add(Instance instance);

    /// Removes what is kept of a deleted one, so that one of its id can be added.
    void forgetDeleted(InstanceId instance);

    void save(Instance instance);

    /// Deleted ones too.
    List<Instance> list(InstanceQuery query);

    /// Those that ran for some of a time, by id; deleted ones too.
    ///
    /// @param after the last server of the page before
    /// @param rows at most so many
    List<Instance> launchedWithin(
            Optional<ProjectId> project, Instant start, Instant end, Optional<InstanceId> after, int rows);

    /// What each host carries, and keeps free for servers that may come to it.
    Map<HostId, Load> loads();

    /// The caller's own, or any for an administrator.
    ///
    /// @throws StasisException `INSTANCE_NOT_FOUND` also if it is somebody else's
    default Instance visible(Caller caller, InstanceId instance) {
        return find(instance).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(instance));
    }

    /// As [#visible], also one that was deleted.
    default Instance everVisible(Caller caller, InstanceId instance) {
        return ever(instance).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(instance));
    }

    /// As [#visible], locked.
    default Instance lockVisible(Caller caller, InstanceId instance) {
        return lock(instance).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(instance));
    }

    private static boolean isVisible(Caller caller, Instance instance) {
        return caller.isAdmin() || instance.project().equals(caller.project());
    }

    private static StasisException notFound(InstanceId instance) {
        return new StasisException(ErrorCode.INSTANCE_NOT_FOUND, "Instance " + instance + " could not be found.");
    }
}
