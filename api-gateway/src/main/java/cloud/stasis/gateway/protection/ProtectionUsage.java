package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.model.ProjectId;
import java.util.Map;
import java.util.Set;

/// How many servers of a project have a standby.
public record ProtectionUsage(ProtectionRows rows) implements Usage {
    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.PROTECTIONS);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        return Map.of(Resource.PROTECTIONS, rows.count(project));
    }
}
