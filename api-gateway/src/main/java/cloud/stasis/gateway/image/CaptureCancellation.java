package cloud.stasis.gateway.image;

import cloud.stasis.model.ImageId;

/// Tells whoever captures images that one of them is not wanted any more.
public interface CaptureCancellation {
    /// The image was deleted before it was active. A capture that was to fill it is cancelled cleanly; none is
    /// running if it was a plain upload. Called within the transaction that deletes the row; must not fail because
    /// of the state that the capture is in.
    void imageDeleted(ImageId image);
}
