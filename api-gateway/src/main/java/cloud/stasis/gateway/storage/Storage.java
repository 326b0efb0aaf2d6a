package cloud.stasis.gateway.storage;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What callers may know of sizes in the store.
public final class Storage {
    private final Transactions transactions;
    private final StoredSizes sizes;
    private final Quotas quotas;

    public Storage(Transactions transactions, StoredSizes sizes, Quotas quotas) {
        this.transactions = transactions;
        this.sizes = sizes;
        this.quotas = quotas;
    }

    /// @param kept what images and snapshots hold, and may come to hold
    /// @param stored what they took up when they were measured
    public record Use(ProjectId project, ByteCount kept, ByteCount stored, Map<Resource, Long> limits) {
        public Use {
            limits = Map.copyOf(limits);
        }
    }

    /// Sizes of those bundles that belong to the caller's project. They were counted among the bundles of the project
    /// that the store believed in: as long as that is another one, they are nobody's to know. What is unique in the
    /// whole store is for operators.
    ///
    /// @param owners of the bundles
    public Map<ReferenceName, StoredSize> of(Caller caller, Map<ReferenceName, ProjectId> owners) {
        Map<ReferenceName, StoredSize> known = new HashMap<>(transactions.call(() -> sizes.of(owners.keySet())));
        known.entrySet().removeIf(size -> {
            ProjectId owner = owners.get(size.getKey());
            return !size.getValue().project().equals(owner)
                    || !caller.isAdmin() && !caller.project().equals(owner);
        });
        if (!caller.isAdmin()) {
            known.replaceAll((_, size) -> size.forTenants());
        }
        return known;
    }

    public Optional<StoredSize> of(Caller caller, ReferenceName bundle, ProjectId owner) {
        return Optional.ofNullable(of(caller, Map.of(bundle, owner)).get(bundle));
    }

    public Use use(ProjectId project) {
        return transactions.call(
                () -> new Use(project, sizes.kept(project), sizes.stored(project), quotas.limits(project)));
    }

    public void limit(ProjectId project, Map<Resource, Long> limits) {
        transactions.run(() -> quotas.override(project, limits));
    }
}
