package cloud.stasis.gateway.image;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import java.time.Instant;
import java.util.List;

/// One image, with everything that is known of it.
public record Image(
        ImageId id, ProjectId owner, ImageDetails details, ImageState state, Instant createdAt, Instant updatedAt) {

    public Image in(ImageState other, Instant now) {
        return new Image(id, owner, details, other, createdAt, now);
    }

    public Image with(ImageDetails other, Instant now) {
        return new Image(id, owner, other, state, createdAt, now);
    }

    public Image ownedBy(ProjectId other) {
        return new Image(id, other, details, state, createdAt, updatedAt);
    }

    /// As the rest of the gateway sees it.
    public ImageRecord toRecord() {
        return new ImageRecord(
                id,
                owner,
                details.name(),
                state.wireName(),
                details.visibility().wireName(),
                details.minimum().diskGib(),
                details.minimum().ramMib(),
                state.content().map(ImageContent::size).orElse(ByteCount.ZERO),
                state.content().map(ImageContent::parts).orElse(List.of()),
                details.properties());
    }
}
