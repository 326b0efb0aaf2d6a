package cloud.stasis.image.repository;

import cloud.stasis.messages.BundleSize;
import cloud.stasis.messages.ProjectSize;
import java.util.List;

/// What a [Meter] found.
public record Measurement(List<BundleSize> bundles, List<ProjectSize> projects) {
    public Measurement {
        bundles = List.copyOf(bundles);
        projects = List.copyOf(projects);
    }
}
