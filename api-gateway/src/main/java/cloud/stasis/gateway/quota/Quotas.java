package cloud.stasis.gateway.quota;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Limits and usage of projects.
public final class Quotas {
    private final QuotaRows rows;
    private final List<Usage> usages;

    public Quotas(QuotaRows rows, List<Usage> usages) {
        this.rows = rows;
        this.usages = List.copyOf(usages);
    }

    public Map<Resource, Long> limits(ProjectId project) {
        Map<Resource, Long> limits = defaults();
        limits.putAll(rows.overrides(project));
        return limits;
    }

    /// Of a project without limits of its own.
    public Map<Resource, Long> defaults() {
        Map<Resource, Long> limits = new EnumMap<>(Resource.class);
        for (Resource resource : Resource.values()) {
            limits.put(resource, resource.standard());
        }
        limits.putAll(rows.defaults());
        return limits;
    }

    public void changeDefaults(Map<Resource, Long> limits) {
        limits.forEach(rows::overrideDefault);
    }

    public Map<Resource, Long> used(ProjectId project) {
        Map<Resource, Long> used = new EnumMap<>(Resource.class);
        usages.forEach(usage -> used.putAll(usage.of(project)));
        return used;
    }

    /// Within a transaction that then adds what is asked for: refuses it if the project would have too much.
    /// Locks the project until the transaction ends; called before any other row is locked.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    public void require(ProjectId project, Map<Resource, Long> asked) {
        rows.lock(project);
        Map<Resource, Long> limits = limits(project);
        Map<Resource, Long> used = used(project);
        asked.forEach((resource, more) -> check(limits, resource, used.getOrDefault(resource, 0L), more));
    }

    /// The same for one more of what is counted by user, not by project. The limit is that of the project in which the
    /// user asks. Locks the user until the transaction ends.
    ///
    /// @param used counts, under the lock
    /// @throws StasisException `QUOTA_EXCEEDED`
    public void requireOne(Caller caller, Resource resource, LongSupplier used) {
        rows.lock(caller.user());
        check(limits(caller.project()), resource, used.getAsLong(), 1);
    }

    public void override(ProjectId project, Map<Resource, Long> limits) {
        limits.forEach((resource, allowed) -> rows.override(project, resource, allowed));
    }

    public void reset(ProjectId project) {
        rows.reset(project);
    }

    private static void check(Map<Resource, Long> limits, Resource resource, long have, long more) {
        long limit = limits.getOrDefault(resource, resource.standard());
        if (limit != Resource.UNLIMITED && more > 0 && have + more > limit) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "Quota exceeded for " + resource.word() + ": Requested " + more + ", but already used " + have
                            + " of " + limit + " " + resource.word());
        }
    }
}
