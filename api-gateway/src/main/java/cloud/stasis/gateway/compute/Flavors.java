package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The stored flavors: a few, and rarely changed. Changes must be made within a transaction.
public interface Flavors {
    /// Whatever its visibility.
    Optional<Flavor> find(String id);

    /// All that the caller may use, by id.
    List<Flavor> visibleTo(Caller caller);

    /// All, by id.
    List<Flavor> all();

    /// @throws cloud.stasis.model.StasisException `NAME_TAKEN` if the id or the name is taken
    void add(Flavor flavor);

    void save(Flavor flavor);

    void remove(String id);

    Set<ProjectId> access(String id);

    void setAccess(String id, Set<ProjectId> projects);

    default Optional<Flavor> visibleTo(Caller caller, String id) {
        return find(id).filter(flavor -> flavor.visibility() == Flavor.Visibility.PUBLIC
                || caller.isAdmin()
                || access(id).contains(caller.project()));
    }
}
