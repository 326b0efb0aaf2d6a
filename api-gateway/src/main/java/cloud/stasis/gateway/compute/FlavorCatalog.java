package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.Flavor.Visibility;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What is done with flavors. Each method that changes something is one transaction.
public final class FlavorCatalog {
    private final Transactions transactions;
    private final Flavors flavors;

    public FlavorCatalog(Transactions transactions, Flavors flavors) {
        this.transactions = transactions;
        this.flavors = flavors;
    }

    /// @param visibility empty for any
    public List<Flavor> list(Caller caller, Optional<Visibility> visibility) {
        if (caller.isAdmin()) {
            return flavors.all().stream()
                    .filter(flavor -> visibility.isEmpty() || visibility.get() == flavor.visibility())
                    .toList();
        }
        return flavors.visibleTo(caller);
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public Flavor show(Caller caller, String id) {
        return flavors.visibleTo(caller, id).orElseThrow(FlavorCatalog::notFound);
    }

    /// @throws StasisException `NAME_TAKEN`
    public void add(Flavor flavor) {
        transactions.run(() -> flavors.add(flavor));
    }

    public Flavor change(Caller caller, String id, UnaryOperator<Flavor> change) {
        return transactions.call(() -> {
            Flavor changed = change.apply(show(caller, id));
            flavors.save(changed);
            return changed;
        });
    }

    /// Instances that were made of it keep their copy.
    public void remove(Caller caller, String id) {
        transactions.run(() -> {
            show(caller, id);
            flavors.remove(id);
        });
    }

    /// Who may use it.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND` for a public one, too, as the compute API has it
    public Set<ProjectId> access(Caller caller, String id) {
        if (show(caller, id).visibility() == Visibility.PUBLIC) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Access list not available for public flavors.");
        }
        return flavors.access(id);
    }

    /// @return who may use it now
    public Set<ProjectId> give(Caller caller, String id, ProjectId project) {
        return transactions.call(() -> {
            if (show(caller, id).visibility() == Visibility.PUBLIC) {
                throw new StasisException(ErrorCode.WRONG_STATE, "Can not add access to a public flavor.");
            }
            Set<ProjectId> access = new HashSet<>(flavors.access(id));
            if (!access.add(project)) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Flavor access already exists for flavor " + id + " and project " + project + " combination.");
            }
            flavors.setAccess(id, access);
            return access;
        });
    }

    /// @return who may use it now
    public Set<ProjectId> take(Caller caller, String id, ProjectId project) {
        return transactions.call(() -> {
            show(caller, id);
            Set<ProjectId> access = new HashSet<>(flavors.access(id));
            if (!access.remove(project)) {
                throw new StasisException(
                        ErrorCode.OBJECT_NOT_FOUND,
                        "Flavor access not found for " + id + " / " + project + " combination.");
            }
            flavors.setAccess(id, access);
            return access;
        });
    }

    private static StasisException notFound() {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Flavor could not be found.");
    }
}
