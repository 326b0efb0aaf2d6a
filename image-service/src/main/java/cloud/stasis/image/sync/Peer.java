package cloud.stasis.image.sync;

import cloud.stasis.model.ProjectId;
import java.net.URI;
import java.security.PublicKey;
import java.util.Optional;
import java.util.Set;

/// Another site, as this one's operator describes it.
///
/// @param store the address of its image service
/// @param rights what it may do here
/// @param project to which belongs what it brings; nobody's until an operator adopts it if there is none
public record Peer(String name, URI store, PublicKey key, Set<Right> rights, Optional<ProjectId> project) {
    public Peer {
        rights = Set.copyOf(rights);
    }

    public enum Right {
        /// Read every bundle.
        PULL,
        /// Bring bundles.
        PUSH
    }
}
