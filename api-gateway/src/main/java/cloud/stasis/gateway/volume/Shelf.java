package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Records of one kind: found by id, listed for one project or for all, oldest first. Changes must be made
/// within a transaction, to a record that it has locked.
///
/// For what a quota bounds; what tenants page through by the thousand has a table of its own.
public interface Shelf<T extends Shelf.Item> {
    /// What every record tells.
    interface Item {
        UUID key();

        ProjectId project();

        /// The volume that it is about, if it is about one.
        Optional<VolumeId> about();

        Instant createdAt();
    }

    Optional<T> find(UUID key);

    Optional<T> lock(UUID key);

    List<T> of(ProjectId project);

    List<T> of(VolumeId volume);

    List<T> all();

    /// @throws StasisException `NAME_TAKEN` if there is one of this id, of whatever kind
    void add(T item);

    void save(T item);

    void remove(UUID key);

    /// What the caller may see.
    default List<T> visible(Caller caller, Scope scope) {
        return scope == Scope.ALL_PROJECTS && caller.isAdmin() ? all() : of(caller.project());
    }

    /// The caller's own, or any for an administrator.
    ///
    /// @param what it is, for the message
    /// @throws StasisException `OBJECT_NOT_FOUND` also if it is somebody else's
    default T visible(Caller caller, UUID key, String what) {
        return find(key).filter(item -> isVisible(caller, item)).orElseThrow(() -> notFound(what, key));
    }

    /// As [#visible], locked.
    default T lockVisible(Caller caller, UUID key, String what) {
        return lock(key).filter(item -> isVisible(caller, item)).orElseThrow(() -> notFound(what, key));
    }

    enum Scope {
        OWN_PROJECT,
        ALL_PROJECTS
    }

    private static boolean isVisible(Caller caller, Item item) {
        return caller.isAdmin() || item.project().equals(caller.project());
    }

    private static StasisException notFound(String what, UUID key) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, what + " " + key + " could not be found.");
    }
}
