package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// Members of shared images: the owner offers, the other project accepts or rejects. Every method must be called
/// within a transaction.
public final class Sharing {
    private final ImageTable table;
    private final ImageLibrary library;
    private final Clock clock;

    public Sharing(ImageTable table, ImageLibrary library, Clock clock) {
        this.table = table;
        this.library = library;
        this.clock = clock;
    }

    public ImageMember offer(Caller caller, ImageId id, ProjectId project) {
        Image image = library.lockedFor(ImageAction.SHARE, caller, id);
        checkShared(image);
        if (table.members(id).size() >= ImageLimits.MEMBERS) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED, "An image has at most " + ImageLimits.MEMBERS + " members.");
        }
        Instant now = clock.instant();
        ImageMember member = new ImageMember(id, project, ImageMember.Status.PENDING, now, now);
        table.add(member);
        return member;
    }

    /// Only the member itself decides: not the owner, who could put an image into its list that way.
    public ImageMember answer(Caller caller, ImageId id, ProjectId project, ImageMember.Status status) {
        Image image = library.visible(caller, id);
        checkShared(image);
        ImageMember member = required(id, project);
        if (!caller.project().equals(project) && !caller.isAdmin()) {
            throw ImageLibrary.denied("Only the member itself can change the status of its membership.");
        }
        ImageMember changed = new ImageMember(id, project, status, member.createdAt(), clock.instant());
        table.change(changed);
        return changed;
    }

    public void withdraw(Caller caller, ImageId id, ProjectId project) {
        Image image = library.lockedFor(ImageAction.SHARE, caller, id);
        checkShared(image);
        if (!table.removeMember(id, project)) {
            throw noMember(id, project);
        }
    }

    /// The owner sees all members, a member only itself.
    public List<ImageMember> members(Caller caller, ImageId id) {
        Image image = library.visible(caller, id);
        checkShared(image);
        boolean all = caller.isAdmin() || caller.project().equals(image.owner());
        return table.members(id).stream()
                .filter(member -> all || member.project().equals(caller.project()))
                .toList();
    }

    public ImageMember member(Caller caller, ImageId id, ProjectId project) {
        return members(caller, id).stream()
                .filter(member -> member.project().equals(project))
                .findFirst()
                .orElseThrow(() -> noMember(id, project));
    }

    private ImageMember required(ImageId id, ProjectId project) {
        return table.member(id, project).orElseThrow(() -> noMember(id, project));
    }

    private static void checkShared(Image image) {
        if (image.details().visibility() != Visibility.SHARED) {
            throw ImageLibrary.denied("Only shared images have members.");
        }
    }

    private static StasisException noMember(ImageId id, ProjectId project) {
        return new StasisException(
                ErrorCode.OBJECT_NOT_FOUND, project + " is not in the member list of the image " + id + ".");
    }
}
