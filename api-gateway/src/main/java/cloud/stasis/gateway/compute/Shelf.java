package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;

/// The images that hold the disks of servers while they are shelved. Changes must be made within a transaction.
public record Shelf(Images images, Outbox outbox) {
    /// What such an image is called.
    static String nameOf(Instance instance) {
        return instance.profile().name() + "-shelved";
    }

    /// The server needs it no longer: it has its disks again, or it is gone.
    ///
    /// @param requestId of the API request that led to it
    void drop(ImageId image, String requestId) {
        images.abandon(image);
        outbox.send(
                outbox.imageTopic(),
                CommandId.random(),
                new ImageCommand.DropReference(ReferenceName.of(image)),
                requestId);
    }
}
