package cloud.stasis.volume.capture;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.messages.StoreGrant;

/// Opens the store that a grant is for.
@FunctionalInterface
public interface Stores {
    ContentStore open(StoreGrant grant);
}
