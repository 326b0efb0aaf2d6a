package cloud.stasis.gateway.image;

import java.util.Optional;

/// Where an image is in its life. Each state offers only its legal next ones; the picture is in the package's
/// description.
public sealed interface ImageState {
    /// The image API's word.
    String wireName();

    default Optional<ImageContent> content() {
        return Optional.empty();
    }

    /// There is a row and nothing else.
    record Queued() implements ImageState {
        public Saving toSaving() {
            return new Saving();
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
