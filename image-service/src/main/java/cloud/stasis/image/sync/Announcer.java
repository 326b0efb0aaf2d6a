package cloud.stasis.image.sync;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import java.util.Optional;

/// Tells the gateway of bundles that it may not know.
@FunctionalInterface
public interface Announcer {
    /// @param key under which it is told: what is told under one key arrives in order
    /// @param assigned the project that the bundle shall belong to; its own if there is none
    void found(String key, ReferenceName bundle, Optional<ProjectId> assigned);
}
