package cloud.stasis.image.sync;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.repository.NarrowWriter;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// What other sites do here.
public final class Guests {
    private static final Logger LOG = Logger.getLogger(Guests.class);

    /// Bundles in one answer.
    private static final int PAGE = 1000;

    private final Repository repository;
    private final LocalSite here;
    private final Announcer announcer;

    public Guests(Repository repository, Announcer announcer) {
        this.repository = repository;
        this.here = new LocalSite(repository);
        this.announcer = announcer;
    }

    /// The bundles that come after `marker`, in the order of their names in the store. A backup of this site's own
    /// state is not for its peers: it is pushed to one, or not there at all.
    public byte[] list(String marker) {
        List<BundleLabel> page = here.bundles().stream()
                .filter(label -> label.reference().kind() != ReferenceName.Kind.STATE)
                .sorted(Comparator.comparing(label -> label.reference().toString()))
                .filter(label -> label.reference().toString().compareTo(marker) > 0)
                .limit(PAGE)
                .toList();
        return RemoteSite.write(page);
    }

    /// Makes a bundle that a peer has brought visible, and says so. Repeatable.
    public void seal(PeerDoor.Visit visit, ReferenceName name, byte[] manifest) {
        // Says why better than the seal would, and before anything is looked at.
        Copy.requireSane(name, manifest);
        ManifestId id =
                visit.mayRead() ? LocalSite.sealNew(repository, name, manifest) : narrowly(visit, name, manifest);
        repository.release(visit.holder());
        // Without a project of their own here they are nobody's, until an operator adopts them.
        visit.peer().project().ifPresent(project -> announcer.found(name.toString(), name, Optional.of(project)));
        LOG.infof(
                "A bundle was pushed here bundle=%s manifest=%s peer=%s",
                name, id, visit.peer().name());
    }

    private ManifestId narrowly(PeerDoor.Visit visit, ReferenceName name, byte[] bytes) {
        Manifest manifest = ManifestCodec.decode(bytes);
        NarrowWriter writer =
                repository.narrowExchangeFor(visit.holder(), visit.peer().project());
        writer.require(manifest);
        ManifestId id = LocalSite.sealNew(repository, name, bytes);
        writer.sealed(id, manifest);
        return id;
    }
}
