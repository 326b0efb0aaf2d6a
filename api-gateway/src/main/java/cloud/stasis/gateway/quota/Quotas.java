package cloud.stasis.gateway.quota;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        return used(project, EnumSet.allOf(Resource.class));
    }

    private Map<Resource, Long> used(ProjectId project, Set<Resource> wanted) {
        Map<Resource, Long> used = new EnumMap<>(Resource.class);
        usages.stream()
                .filter(usage -> !Collections.disjoint(usage.counted(), wanted))
                .forEach(usage -> used.putAll(usage.of(project)));
        return used;
    }

    /// Nobody adds anything to the project until the transaction ends. Called before any other row is locked.
    public void lock(ProjectId project) {
        rows.lock(project);
    }

    /// Within a transaction that then adds what is asked for: refuses it if the project would have too much.
    /// Locks the project until the transaction ends; called before any other row is locked. Only what is limited is
    /// counted.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    public void require(ProjectId project, Map<Resource, Long> asked) {
        lock(project);
        hindrance(project, asked).ifPresent(Quotas::refuse);
    }

    /// As things are now: why the project cannot have this much more.
    public Optional<String> hindrance(ProjectId project, Map<Resource, Long> asked) {
        Map<Resource, Long> limits = limits(project);
        Map<Resource, Long> counted = new EnumMap<>(Resource.class);
        asked.forEach((resource, more) -> {
            if (more > 0 && limit(limits, resource) != Resource.UNLIMITED) {
                counted.put(resource, more);
            }
        });
        Map<Resource, Long> used = used(project, counted.keySet());
        return counted.entrySet().stream()
                .flatMap(more ->
                        excess(limits, more.getKey(), used.getOrDefault(more.getKey(), 0L), more.getValue()).stream())
                .findFirst();
    }

    /// The same for one more of what is counted by user, not by project. The limit is that of the project in which the
    /// user asks. Locks the user until the transaction ends.
    ///
    /// @param used counts, under the lock
    /// @throws StasisException `QUOTA_EXCEEDED`
    public void requireOne(Caller caller, Resource resource, LongSupplier used) {
        rows.lock(caller.user());
        excess(limits(caller.project()), resource, used.getAsLong(), 1).ifPresent(Quotas::refuse);
    }

    public void override(ProjectId project, Map<Resource, Long> limits) {
        limits.forEach((resource, allowed) -> rows.override(project, resource, allowed));
    }

    /// A project has no limits of its own of these resources any more.
    public void reset(ProjectId project, Collection<Resource> resources) {
        rows.reset(project, resources);
    }

    private static Optional<String> excess(Map<Resource, Long> limits, Resource resource, long have, long more) {
        long limit = limit(limits, resource);
        if (limit == Resource.UNLIMITED || more <= 0 || have + more <= limit) {
            return Optional.empty();
        }
        return Optional.of("Quota exceeded for " + resource.word() + ": Requested " + more + ", but already used "
                + have + " of " + limit + " " + resource.word());
    }

    private static void refuse(String reason) {
        throw new StasisException(ErrorCode.QUOTA_EXCEEDED, reason);
    }

    private static long limit(Map<Resource, Long> limits, Resource resource) {
        return limits.getOrDefault(resource, resource.standard());
    }
}
