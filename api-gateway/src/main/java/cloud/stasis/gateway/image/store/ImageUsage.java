package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.model.ProjectId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import org.hibernate.Session;

/// How many images a project has, in whatever state.
@ApplicationScoped
class ImageUsage implements Usage {
    private final Session entities;

    ImageUsage(Session entities) {
        this.entities = entities;
    }

    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.IMAGES);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        Object count = entities.createNativeQuery("select count(*) from image where owner = ?1", Object.class)
                .setParameter(1, project.value())
                .getSingleResult();
        return Map.of(Resource.IMAGES, (Long) count);
    }
}
