package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What service an operator promises for volumes of some types. It is kept and shown; no host and no backend of this
/// cloud limits anything by it.
///
/// @param project of the operator
/// @param consumer who would see to it
public record QosSpecs(
        UUID key,
        ProjectId project,
        String name,
        Consumer consumer,
        Map<String, String> specs,
        Set<VolumeTypeId> types,
        Instant createdAt)
        implements Shelf.Item {
    public QosSpecs {
        specs = Map.copyOf(specs);
        types = Set.copyOf(types);
    }

    public enum Consumer {
        FRONT_END,
        BACK_END,
        BOTH
    }

    public QosSpecs saying(Consumer who, Map<String, String> what) {
        return new QosSpecs(key, project, name, who, what, types, createdAt);
    }

    public QosSpecs with(VolumeTypeId type) {
        Set<VolumeTypeId> more = new HashSet<>(types);
        more.add(type);
        return of(more);
    }

    public QosSpecs without(VolumeTypeId type) {
        Set<VolumeTypeId> fewer = new HashSet<>(types);
        fewer.remove(type);
        return of(fewer);
    }

    public QosSpecs of(Set<VolumeTypeId> others) {
        return new QosSpecs(key, project, name, consumer, specs, others, createdAt);
    }

    @Override
    public Optional<VolumeId> about() {
        return Optional.empty();
    }
}
