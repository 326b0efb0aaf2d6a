package cloud.stasis.gateway.storage;

import cloud.stasis.messages.Fact;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sizes, as kept. Every method must be called within a transaction.
public interface StoredSizes {
    /// What the store told.
    void take(Fact.StoreMeasured measured, Instant now);

    /// Those that were measured among the bundles of a project.
    Map<ReferenceName, StoredSize> of(Collection<ReferenceName> bundles);

    default Optional<StoredSize> of(ReferenceName bundle) {
        return of(List.of(bundle)).values().stream().findFirst();
    }

    /// What all bundles of the project took up when they were measured.
    ByteCount stored(ProjectId project);

    /// What images and snapshots of the project hold, and may come to hold.
    ByteCount kept(ProjectId project);

    /// As much as this may come to hold: it counts until its size is known, or it is gone.
    void reserve(ReferenceName bundle, ByteCount most);
}
