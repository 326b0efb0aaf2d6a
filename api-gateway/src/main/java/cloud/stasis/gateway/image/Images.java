package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the rest of the gateway may do with images. Every method must be called within a transaction.
public interface Images {
    /// Any project's image, whatever its status; empty if there is no such row.
    Optional<ImageRecord> find(ImageId image);

    /// The image if the caller may use it (owner, public, community, accepted member, admin).
    Optional<ImageRecord> visibleTo(Caller caller, ImageId image);

    /// Makes the row of an image that a capture will fill, in status `queued`.
    ///
    /// @param properties top-level custom properties of the image API (`instance_uuid`, `image_type`, ...)
    /// @param content what the capture may bring at most
    /// @throws StasisException `QUOTA_EXCEEDED` if the project has no room for that
    void reserve(
            ImageId image,
            ProjectId owner,
            String name,
            Map<String, String> properties,
            MinimumSizes minimum,
            ByteCount content);

    /// The capture has begun: status `saving`. No effect on an image that is deleted already.
    void saving(ImageId image);

    /// The bundle is sealed: status `active`, with formats `qcow2`/`bare` (`ova` if the manifest says
    /// so), checksums unknown until [#checksums].
    ///
    /// @param fileSize what a download gives
    /// @return false if the image was deleted in the meantime; its reference must then be dropped
    boolean activate(ImageId image, Manifest manifest, ByteCount fileSize);

    void checksums(ImageId image, String md5, String sha512);

    /// Its owner cannot delete it by mistake.
    void protect(ImageId image);

    /// The capture failed: the row goes, as if it had never been.
    void abandon(ImageId image);

    /// Of the backups of one server and type that this image is one of, the newest stay. The rows of the others go;
    /// those that are protected stay, and count.
    ///
    /// @return the images that are gone, whose references must be dropped
    List<ImageId> rotate(ImageId backup, int keep);

    /// @param diskGib smallest root disk that the image fits on; 0 if unknown
    record MinimumSizes(int diskGib, int ramMib) {}
}
