package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a project has of backups and groups.
public record ShelfUsage(Shelf<Backup> backups, Shelf<VolumeGroup> groups) implements Usage {
    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.VOLUME_GROUPS, Resource.BACKUPS, Resource.BACKUP_GIB);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        List<Backup> all = backups.of(project);
        return Map.of(
                Resource.VOLUME_GROUPS,
                (long) groups.of(project).size(),
                Resource.BACKUPS,
                (long) all.size(),
                Resource.BACKUP_GIB,
                all.stream().mapToLong(backup -> backup.size().gibRoundedUp()).sum());
    }
}
