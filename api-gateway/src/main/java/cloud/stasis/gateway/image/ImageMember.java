package cloud.stasis.gateway.image;

import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A project that an image is shared with.
public record ImageMember(ImageId image, ProjectId project, Status status, Instant createdAt, Instant updatedAt) {
    /// What the project made of the offer. Only what it accepted is in its list.
    public enum Status {
        PENDING,
        ACCEPTED,
        REJECTED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Status> of(String wireName) {
            return Arrays.stream(values())
                    .filter(value -> value.wireName().equals(wireName))
                    .findFirst();
        }
    }
}
