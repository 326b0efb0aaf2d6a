package cloud.stasis.gateway.image;

import java.util.Optional;

/// Where an image is in its life. Each state offers only its legal next ones; the picture is in the package's
/// description.
public sealed interface ImageState {
    /// The image API's word.
    String wireName();

    /// What there is of it for everybody who may have it.
    default Optional<ImageContent> content() {
        return Optional.empty();
    }

    /// What the store has of it, for nobody yet if it is only staged.
    default Optional<ImageContent> kept() {
        return content();
    }

    /// There is a row and nothing else.
    record Queued() implements ImageState {
        public Saving toSaving() {
            return new Saving();
        }

        public Uploading toUploading() {
            return new Uploading(Optional.empty());
        }

        public Importing toImporting() {
            return new Importing(Optional.empty());
        }

        @Override
        public String wireName() {
            return "queued";
        }
    }

    /// Bytes are on their way.
    record Saving() implements ImageState {
        public Active toActive(ImageContent bytes) {
            return new Active(bytes);
        }

        public Queued toQueued() {
            return new Queued();
        }

        @Override
        public String wireName() {
            return "saving";
        }
    }

    /// Bytes are on their way to be imported, or are there and wait for it.
    ///
    /// @param staged that are there
    record Uploading(Optional<ImageContent> staged) implements ImageState {
        public Uploading toStaged(ImageContent bytes) {
            return new Uploading(Optional.of(bytes));
        }

        public Importing toImporting() {
            return new Importing(staged);
        }

        public Queued toQueued() {
            return new Queued();
        }

        @Override
        public String wireName() {
            return "uploading";
        }

        @Override
        public Optional<ImageContent> kept() {
            return staged;
        }
    }

    /// The image service works on it.
    ///
    /// @param staged what was there before
    record Importing(Optional<ImageContent> staged) implements ImageState {
        public Active toActive(ImageContent bytes) {
            return new Active(bytes);
        }

        /// As it was.
        public ImageState back() {
            return staged.isPresent() ? new Uploading(staged) : new Queued();
        }

        @Override
        public String wireName() {
            return "importing";
        }

        @Override
        public Optional<ImageContent> kept() {
            return staged;
        }
    }

    record Active(ImageContent bytes) implements ImageState {
        public Deactivated toDeactivated() {
            return new Deactivated(bytes);
        }

        @Override
        public String wireName() {
            return "active";
        }

        @Override
        public Optional<ImageContent> content() {
            return Optional.of(bytes);
        }
    }

    /// Its data is locked away, for instance while an operator looks at it.
    record Deactivated(ImageContent bytes) implements ImageState {
        public Active toActive() {
            return new Active(bytes);
        }

        @Override
        public String wireName() {
            return "deactivated";
        }

        @Override
        public Optional<ImageContent> content() {
            return Optional.of(bytes);
        }
    }
}
