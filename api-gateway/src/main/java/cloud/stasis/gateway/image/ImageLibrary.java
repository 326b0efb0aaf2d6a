package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What callers may do with images. Every method must be called within a transaction.
public final class ImageLibrary {
    private final ImageTable table;
    private final Outbox outbox;
    private final CaptureCancellation captures;
    private final Quotas quotas;
    private final Clock clock;

    public ImageLibrary(ImageTable table, Outbox outbox, CaptureCancellation captures, Quotas quotas, Clock clock) {
        this.quotas = quotas;
        this.table = table;
        this.outbox = outbox;
        this.captures = captures;
        this.clock = clock;
    }

    /// @throws StasisException `IMAGE_NOT_FOUND` unless it is there and visible to the caller
    public Image visible(Caller caller, ImageId id) {
        return table.find(id).filter(image -> isVisible(caller, image)).orElseThrow(() -> notFound(id));
    }

    /// Also tells community images from private ones, which lists do not.
    public boolean isVisible(Caller caller, Image image) {
        if (caller.isAdmin() || caller.project().equals(image.owner())) {
            return true;
        }
        return switch (image.details().visibility()) {
            case PUBLIC, COMMUNITY -> true;
            case SHARED -> table.member(image.id(), caller.project()).isPresent();
            case PRIVATE -> false;
        };
    }

    public List<Image> list(Caller caller, ImageQuery query) {
        ImageAction.LIST.check(caller, caller.project());
        return table.list(caller, query);
    }

    /// @throws StasisException `QUOTA_EXCEEDED` of the owner's
    public Image create(Caller caller, Optional<ImageId> id, ProjectId owner, ImageDetails details) {
        ImageAction.CREATE.check(caller, caller.project());
        if (!owner.equals(caller.project())) {
            ImageAction.SET_OWNER.check(caller, owner);
        }
        checkPublishing(caller, Visibility.SHARED, details.visibility());
        quotas.require(owner, Map.of(Resource.IMAGES, 1L));
        Instant now = clock.instant();
        Image image = new Image(id.orElseGet(ImageId::random), owner, details, new ImageState.Queued(), now, now);
        table.add(image);
        return image;
    }

    /// @param edit gives the image as it shall be, with the same id and state
    public Image change(Caller caller, ImageId id, UnaryOperator<Image> edit) {
        Image before = lockedFor(ImageAction.CHANGE, caller, id);
        Image after = edit.apply(before);
        if (!after.owner().equals(before.owner())) {
            ImageAction.SET_OWNER.check(caller, before.owner());
        }
        checkPublishing(caller, before.details().visibility(), after.details().visibility());
        Image changed = after.with(after.details(), clock.instant());
        table.change(changed);
        return changed;
    }

    public void delete(Caller caller, ImageId id) {
        Image image = lockedFor(ImageAction.DELETE, caller, id);
        if (image.details().isProtected()) {
            throw denied("Image " + id + " is protected and cannot be deleted.");
        }
        boolean captured = image.state().content().isEmpty() && !table.hasUpload(id);
        table.remove(id);
        outbox.send(
                outbox.imageTopic(),
                CommandId.random(),
                new ImageCommand.DropReference(ReferenceName.of(id)),
                caller.requestId());
        if (captured) {
            captures.imageDeleted(id);
        }
    }

    public void deactivate(Caller caller, ImageId id) {
        Image image = lockedFor(ImageAction.DEACTIVATE, caller, id);
        switch (image.state()) {
            case ImageState.Active active -> table.change(image.in(active.toDeactivated(), clock.instant()));
            case ImageState.Deactivated _ -> {}
            case ImageState.Queued _, ImageState.Saving _, ImageState.Uploading _, ImageState.Importing _ ->
                throw denied("Not allowed to deactivate image in status '"
                        + image.state().wireName() + "'.");
        }
    }

    public void reactivate(Caller caller, ImageId id) {
        Image image = lockedFor(ImageAction.DEACTIVATE, caller, id);
        switch (image.state()) {
            case ImageState.Deactivated locked -> table.change(image.in(locked.toActive(), clock.instant()));
            case ImageState.Active _ -> {}
            case ImageState.Queued _, ImageState.Saving _, ImageState.Uploading _, ImageState.Importing _ ->
                throw denied("Not allowed to reactivate image in status '"
                        + image.state().wireName() + "'.");
        }
    }

    /// No effect if it has the tag already.
    public void tag(Caller caller, ImageId id, String tag) {
        Image image = lockedFor(ImageAction.TAG, caller, id);
        List<String> tags = new ArrayList<>(image.details().tags());
        if (!tags.contains(tag)) {
            tags.add(tag);
            if (tags.size() > ImageLimits.TAGS) {
                throw new StasisException(
                        ErrorCode.QUOTA_EXCEEDED, "An image has at most " + ImageLimits.TAGS + " tags.");
            }
            table.change(image.with(image.details().with(tags), clock.instant()));
        }
    }

    public void untag(Caller caller, ImageId id, String tag) {
        Image image = lockedFor(ImageAction.TAG, caller, id);
        List<String> tags = new ArrayList<>(image.details().tags());
        if (!tags.remove(tag)) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Image " + id + " has no such tag.");
        }
        table.change(image.with(image.details().with(tags), clock.instant()));
    }

    /// The image, locked, if the caller may do that with it.
    Image lockedFor(ImageAction action, Caller caller, ImageId id) {
        Image image = table.lock(id).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(id));
        action.check(caller, image.owner());
        return image;
    }

    static StasisException notFound(ImageId id) {
        return new StasisException(ErrorCode.IMAGE_NOT_FOUND, "No image found with ID " + id + ".");
    }

    static StasisException denied(String message) {
        return new StasisException(ErrorCode.ACCESS_DENIED, message);
    }

    private static void checkPublishing(Caller caller, Visibility before, Visibility after) {
        if (after == Visibility.PUBLIC && before != Visibility.PUBLIC) {
            ImageAction.PUBLISH.check(caller, caller.project());
        }
    }
}
