package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// What an image store is asked to do.
public sealed interface ImageCommand extends Command {
    /// About one bundle; those of one bundle are carried out in order.
    sealed interface OfBundle extends ImageCommand {
        ReferenceName reference();

        @Override
        default String key() {
            return reference().toString();
        }
    }

    /// Verifies that everything the manifest names is in the store and durable, stores the manifest and points
    /// the reference to it: from then on the bundle is visible. Repeatable. Answered by [CommandResult.Sealed].
    record SealBundle(ReferenceName reference, Manifest manifest) implements OfBundle {}

    /// Removes the reference; what only it reached is collected later. Succeeds if it is gone already.
    /// Answered by [CommandResult.Completed].
    record DropReference(ReferenceName reference) implements OfBundle {}

    /// Says something else of a bundle: the same parts, other metadata. Succeeds if the bundle is gone.
    /// Answered by [CommandResult.Completed].
    record DescribeBundle(ReferenceName reference, Map<String, String> metadata) implements OfBundle {
        public DescribeBundle {
            metadata = Map.copyOf(metadata);
        }
    }

    /// Fetches the file of an image from elsewhere, and takes it in like an upload. It goes
    /// where the operator of the store allows, and nowhere else. Nothing of it is visible before
    /// it is whole. Answered by [CommandResult.Imported], also if it was done before. Others may
    /// be slow: imports have few keys, by the project that the metadata name, so that a store
    /// carries out so many at once and all else waits for none of them.
    ///
    /// @param most bytes that are taken
    /// @param metadata of the bundle
    record ImportImage(
            ReferenceName reference,
            URI source,
            String diskFormat,
            String containerFormat,
            ByteCount most,
            Map<String, String> metadata)
            implements ImageCommand {
        private static final int LANES = 4;

        public ImportImage {
            metadata = Map.copyOf(metadata);
        }

        @Override
        public String key() {
            return "imports-"
                    + Math.floorMod(metadata.getOrDefault("project", "").hashCode(), LANES);
        }
    }

    /// Looks into the archive of a machine that an image was uploaded as. Answered by [CommandResult.Opened].
    record OpenArchive(ReferenceName reference) implements OfBundle {}

    /// Computes the checksums that the image API promises over the file that a download of this image gives.
    /// Answered by [CommandResult.Digested]. All of a store have one key: they take minutes, so they are
    /// carried out one after the other, and nothing else waits for them.
    record DigestImage(ReferenceName reference) implements ImageCommand {
        @Override
        public String key() {
            return "image-digests";
        }
    }

    /// Tells of bundles that the store has: a [Fact.BundleFound] for each, then [CommandResult.Completed].
    ///
    /// @param assigned the project that they shall belong to; their own if there is none
    record TellBundles(BundleChoice choice, Optional<ProjectId> assigned) implements ImageCommand {
        @Override
        public String key() {
            return "bundles";
        }
    }

    /// Copies bundles between this store and that of a peer, with all that they need: parents, kernels. What the
    /// other side has does not travel. Tells of each that came with a [Fact.BundleFound]. Copies with one peer are
    /// made one after the other. Cut off anywhere it goes on when it is asked for again. Answered by
    /// [CommandResult.Copied].
    ///
    /// @param peer by the name that this store's operator gave it
    /// @param bytesPerSecond at most so many travel; zero for as many as can
    /// @param assigned the project that what comes here shall belong to
    record CopyBundles(
            CopyDirection direction,
            String peer,
            BundleChoice choice,
            ByteCount bytesPerSecond,
            Optional<ProjectId> assigned)
            implements ImageCommand {
        @Override
        public String key() {
            return "copies-" + peer;
        }
    }

    /// Asks the store to stop working on `command`, which then fails with `CANCELLED` unless it was done already.
    /// It overtakes all others. Not answered itself.
    record CancelWork(CommandId command) implements ImageCommand {
        @Override
        public String key() {
            return "cancel";
        }
    }

    enum CopyDirection {
        PULL,
        PUSH
    }
}
