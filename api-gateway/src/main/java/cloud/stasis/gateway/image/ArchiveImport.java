package cloud.stasis.gateway.image;

import cloud.stasis.model.UserId;

/// Is told of images that came as the archive of a whole machine, within the transaction that makes them active.
@FunctionalInterface
public interface ArchiveImport {
    void arrived(ImageRecord image, Sender sender);

    /// @param requestId of the API request that brought the image
    record Sender(UserId user, String requestId) {}
}
