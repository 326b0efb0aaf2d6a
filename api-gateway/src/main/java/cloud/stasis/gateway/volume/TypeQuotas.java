package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.volume.TypeQuotaRows.OfType;
import cloud.stasis.gateway.volume.VolumeQuota.Demand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/// Limits and usage of volumes of one type, within the limits for all. There is none until an operator sets one.
public final class TypeQuotas {
    /// What is limited for each type. The words of the API are `volumes_NAME` and so on.
    public static final List<Resource> COUNTED =
            List.of(Resource.VOLUMES, Resource.VOLUME_GIB, Resource.VOLUME_SNAPSHOTS);

    private final TypeQuotaRows rows;
    private final VolumeTypes types;

    public TypeQuotas(TypeQuotaRows rows, VolumeTypes types) {
        this.rows = rows;
        this.types = types;
    }

    /// Those that are set, for one project or for all.
    public Map<OfType, Long> limits(ProjectId project) {
        Map<OfType, Long> limits = new HashMap<>(rows.defaults());
        limits.putAll(rows.overrides(project));
        return limits;
    }

    public Map<OfType, Long> defaults() {
        return rows.defaults();
    }

    public Map<OfType, Long> used(ProjectId project) {
        return rows.used(project);
    }

    public void override(ProjectId project, Map<OfType, Long> limits) {
        limits.forEach((what, allowed) -> rows.override(project, what, allowed));
    }

    public void changeDefaults(Map<OfType, Long> limits) {
        limits.forEach(rows::overrideDefault);
    }

    public void reset(ProjectId project) {
        rows.reset(project);
    }

    /// The caller has locked the project's quota.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    void require(ProjectId project, List<Demand> demands) {
        Map<OfType, Long> limits = limits(project);
        Map<OfType, Long> asked = asked(demands);
        if (asked.keySet().stream().noneMatch(limits::containsKey)) {
            return;
        }
        Map<OfType, Long> used = used(project);
        asked.forEach((what, more) -> {
            long limit = limits.getOrDefault(what, Resource.UNLIMITED);
            long have = used.getOrDefault(what, 0L);
            if (limit != Resource.UNLIMITED && more > 0 && have + more > limit) {
                throw exceeded(what, more, have, limit);
            }
        });
    }

    private static Map<OfType, Long> asked(List<Demand> demands) {
        BinaryOperator<Long> sum = Long::sum;
        Map<OfType, Long> asked = new HashMap<>();
        for (Demand demand : demands) {
            Optional<VolumeTypeId> type = demand.type();
            type.ifPresent(of ->
                    demand.resources().forEach((resource, more) -> asked.merge(new OfType(of, resource), more, sum)));
        }
        return asked;
    }

    private StasisException exceeded(OfType what, long more, long have, long limit) {
        String word = types.find(what.type())
                .map(type -> word(what.resource(), type))
                .orElse(what.resource().word());
        return new StasisException(
                ErrorCode.QUOTA_EXCEEDED,
                "Quota exceeded for " + word + ": Requested " + more + ", but already used " + have + " of " + limit
                        + " " + word);
    }

    /// What the API calls a limit of one type.
    public static String word(Resource resource, VolumeType type) {
        return resource.word() + "_" + type.name();
    }
}
