package cloud.stasis.messages;

import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;

/// What an image store is asked to do with one bundle.
public sealed interface ImageCommand extends Command {
    ReferenceName reference();

    @Override
    default String key() {
        return reference().toString();
    }

    /// Verifies that everything the manifest names is in the store and durable, stores the manifest and points
    /// the reference to it: from then on the bundle is visible. Repeatable. Answered by [CommandResult.Sealed].
    record SealBundle(ReferenceName reference, Manifest manifest) implements ImageCommand {}

    /// Removes the reference; what only it reached is collected later. Succeeds if it is gone already.
    /// Answered by [CommandResult.Completed].
    record DropReference(ReferenceName reference) implements ImageCommand {}

    /// Computes the checksums that the image API promises over the file that a download of this image gives.
    /// Answered by [CommandResult.Digested]. All of a store have one key: they take minutes, so they are
    /// carried out one after the other, and nothing else waits for them.
    record DigestImage(ReferenceName reference) implements ImageCommand {
        @Override
        public String key() {
            return "image-digests";
        }
    }
}
