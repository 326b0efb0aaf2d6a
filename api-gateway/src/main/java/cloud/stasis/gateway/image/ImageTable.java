package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Images, their members and their uploads, as kept. Every method must be called within a transaction.
public interface ImageTable {
    Optional<Image> find(ImageId image);

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<Image> lock(ImageId image);

    /// @throws StasisException `NAME_TAKEN` if there is an image of this id
    void add(Image image);

    void change(Image image);

    /// With its members and its upload.
    void remove(ImageId image);

    /// At most `query.rows()` images, in the order that the query asks for.
    List<Image> list(Caller caller, ImageQuery query);

    /// The images of this project that have all of these properties, newest first.
    List<Image> ownedWith(ProjectId owner, Map<String, String> properties);

    Optional<ImageMember> member(ImageId image, ProjectId project);

    List<ImageMember> members(ImageId image);

    /// @throws StasisException `NAME_TAKEN` if the project is a member already
    void add(ImageMember member);

    void change(ImageMember member);

    /// @return false if it was none
    boolean removeMember(ImageId image, ProjectId project);

    /// The image's upload is this one, and overdue unless renewed within `lease`.
    void beginUpload(ImageId image, UploadId upload, Duration lease);

    /// @return false if this is no longer the image's upload, or it was overdue
    boolean renewUpload(ImageId image, UploadId upload, Duration lease);

    /// @return false if this was no longer the image's upload, or it was overdue
    boolean endUpload(ImageId image, UploadId upload);

    boolean hasUpload(ImageId image);

    /// What has been staged for longer than this, and is not being imported, is an upload that is overdue from now
    /// on.
    void expireStaged(Duration age);

    /// Uploads that nobody has renewed in time; each is given to one caller only.
    List<Overdue> overdueUploads();

    /// Its reference is being dropped; it is overdue for the second time after `lease`.
    void markDropped(Overdue overdue, Duration lease);

    void forgetUpload(Overdue overdue);

    /// @param dropped whether this is the second time
    record Overdue(ImageId image, boolean dropped) {}
}
