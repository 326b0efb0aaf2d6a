package cloud.stasis.image.sync;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.model.Digest;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.util.List;
import java.util.Optional;

/// The store of a site, as a copy between two of them sees it. What a remote one says is unverified.
interface Site {
    /// All bundles.
    List<BundleLabel> bundles();

    /// What a bundle is now, if there is one of that name.
    Optional<ManifestId> reference(ReferenceName name);

    /// The bytes given for a manifest.
    ///
    /// @throws cloud.stasis.model.StasisException `OBJECT_NOT_FOUND`
    byte[] manifest(ManifestId id);

    /// To read blobs.
    BlobExchange reading();

    /// To write the blobs of a bundle, and to ask for them, under a lease of its own.
    BlobExchange writing(ReferenceName bundle);

    /// Whether the bundle is there and whole, with the same parts: what is said of it may have changed there. One that
    /// lacks something, or whose reference is damaged, is not: then the copy brings what it lacks, and the seal
    /// ends with the same bundle.
    ///
    /// @throws cloud.stasis.model.StasisException `WRONG_STATE` if there is another bundle of that name
    boolean has(ReferenceName name, ManifestId id, Manifest manifest);

    /// Looks at these blobs, and takes out of sight what is damaged.
    ///
    /// @return whether anything was
    default boolean examine(List<Digest> digests) {
        return false;
    }

    /// Makes a bundle visible after checking all of it. No effect if it is there, with the same parts.
    ///
    /// @throws cloud.stasis.model.StasisException `WRONG_STATE` if there is another bundle of that name;
    /// `MISSING_OBJECT` and others of its kind if anything that the manifest reaches is not there
    void seal(ReferenceName name, byte[] manifest);

    /// Nothing more comes of this bundle: what was written of it may go.
    void abandon(ReferenceName bundle);
}
