package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.identity.UnitOfWork;
import cloud.stasis.model.ImageId;
import java.util.Optional;

/// Decides whether somebody may read the data of an image.
public final class Downloads {
    private final ImageLibrary library;
    private final UnitOfWork unitOfWork;

    public Downloads(ImageLibrary library, UnitOfWork unitOfWork) {
        this.library = library;
        this.unitOfWork = unitOfWork;
    }

    /// What there is to read; empty if the image has no data, or none yet.
    public Optional<ImageContent> open(Caller caller, ImageId id) {
        return unitOfWork.call(() -> {
            Image image = library.visible(caller, id);
            ImageAction.DOWNLOAD.check(caller, image.owner());
            return switch (image.state()) {
                case ImageState.Active(ImageContent bytes) -> nonEmpty(bytes);
                case ImageState.Deactivated(ImageContent bytes) -> {
                    ImageAction.READ_DEACTIVATED.check(caller, image.owner());
                    yield nonEmpty(bytes);
                }
                case ImageState.Queued _, ImageState.Saving _, ImageState.Uploading _, ImageState.Importing _ ->
                    Optional.empty();
            };
        });
    }

    private static Optional<ImageContent> nonEmpty(ImageContent content) {
        return content.size().isZero() ? Optional.empty() : Optional.of(content);
    }
}
