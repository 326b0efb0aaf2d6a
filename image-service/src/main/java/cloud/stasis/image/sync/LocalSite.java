package cloud.stasis.image.sync;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Our own store.
public final class LocalSite implements Site {
    private static final Logger LOG = Logger.getLogger(LocalSite.class);

    private final Repository repository;

    public LocalSite(Repository repository) {
        this.repository = repository;
    }

    /// Those that are whole enough to be named; damaged ones are left out, and logged.
    @Override
    public List<BundleLabel> bundles() {
        List<BundleLabel> bundles = new ArrayList<>();
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            for (ReferenceName name : repository.references(kind)) {
                label(name).ifPresent(bundles::add);
            }
        }
        return bundles;
    }

    /// Images first, with the bytes that they hold.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND` if bundles were named and one of them is not there
    public Map<ReferenceName, ByteCount> chosen(BundleChoice choice) {
        for (ReferenceName named : choice.bundles()) {
            if (reference(named).isEmpty()) {
                throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "the store has no " + named);
            }
        }
        Map<ReferenceName, ByteCount> chosen = new LinkedHashMap<>();
        bundles().stream()
                .filter(label -> label.isMeantBy(choice))
                .forEach(label -> chosen.put(label.reference(), ByteCount.ofBytes(label.size())));
        return chosen;
    }

    @Override
    public Optional<ManifestId> reference(ReferenceName name) {
        return repository.reference(name).map(Reference::manifest);
    }

    @Override
    public byte[] manifest(ManifestId id) {
        return repository.manifestBytes(id);
    }

    @Override
    public BlobExchange reading() {
        return repository.ownExchange();
    }

    /// What comes is verified by the copy, so that it is not verified twice.
    @Override
    public BlobExchange writing(ReferenceName bundle) {
        return repository.ownExchangeFor(bundle.toString());
    }

    @Override
    public void abandon(ReferenceName bundle) {
        repository.release(bundle.toString());
    }

    @Override
    public boolean has(ReferenceName name, ManifestId id, Manifest manifest) {
        Optional<ManifestId> known;
        try {
            known = reference(name);
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
            LOG.warnf("A damaged reference is set again bundle=%s", name);
            return false;
        }
        return known.isPresent()
                && (known.get().equals(id) || isSame(repository, known.get(), name, manifest))
                && repository.isWhole(known.get());
    }

    @Override
    public boolean examine(List<Digest> digests) {
        return repository.examine(digests);
    }

    @Override
    public void seal(ReferenceName name, byte[] manifest) {
        sealNew(repository, name, manifest);
    }

    /// Also for what a peer pushes.
    public static ManifestId sealNew(Repository repository, ReferenceName name, byte[] bytes) {
        Manifest manifest = ManifestCodec.decode(bytes);
        try {
            return repository.sealNew(name, manifest);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            ManifestId known =
                    repository.reference(name).map(Reference::manifest).orElseThrow(() -> e);
            if (known.equals(ManifestCodec.id(bytes))) {
                repository.mend(manifest);
            } else {
                isSame(repository, known, name, manifest);
            }
            return known;
        }
    }

    private static boolean isSame(Repository repository, ManifestId known, ReferenceName name, Manifest manifest) {
        List<Part> parts;
        try {
            parts = repository.manifest(known).parts();
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT && e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                throw e;
            }
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "the manifest of " + name
                            + " is lost there, and it is not the one that this side has: drop it before it is copied",
                    e);
        }
        if (!parts.equals(manifest.parts())) {
            throw another(name);
        }
        return true;
    }

    static StasisException another(ReferenceName name) {
        return new StasisException(
                ErrorCode.WRONG_STATE, "there is another " + name + " there: drop it before its namesake is copied");
    }

    private Optional<BundleLabel> label(ReferenceName name) {
        try {
            return reference(name).map(id -> BundleLabel.of(name, id, repository.manifest(id)));
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT && e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                throw e;
            }
            LOG.errorf("A damaged bundle is left out bundle=%s code=%s", name, e.code());
            return Optional.empty();
        }
    }
}
