package cloud.stasis.image.blob;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.regex.Pattern;

/// Names a *note*: one of the few small things in a store that change, always by compare-and-set.
public record NoteName(Folder folder, String name) {
    /// The most that a note says: what one sweep condemns, about 100 bytes an object.
    public static final int MAX_BYTES = 1024 * 1024;

    private static final Pattern NAME = Pattern.compile("[0-9a-z-]{1,64}");

    /// What sorts there are.
    public enum Folder {
        IMAGE_REFERENCES("references/image"),
        SNAPSHOT_REFERENCES("references/snapshot"),
        STATE_REFERENCES("references/state"),
        /// Who has the store open.
        REPLICAS("replicas"),
        /// Who looks after it.
        UPKEEP("upkeep");

        private final String path;

        Folder(String path) {
            this.path = path;
        }

        /// Where the notes lie, in every backend.
        public String path() {
            return path;
        }

        public static Folder of(ReferenceName.Kind kind) {
            return switch (kind) {
                case IMAGE -> IMAGE_REFERENCES;
                case SNAPSHOT -> SNAPSHOT_REFERENCES;
                case STATE -> STATE_REFERENCES;
            };
        }
    }

    /// Whether a note can be called so; what else lies among notes is not ours.
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    public NoteName {
        if (!isName(name)) {
            throw new StasisException(ErrorCode.INVALID_ID, "a note is named by digits, small letters and hyphens");
        }
    }

    public static NoteName of(ReferenceName reference) {
        return new NoteName(Folder.of(reference.kind()), reference.id().toString());
    }

    @Override
    public String toString() {
        return folder.path + "/" + name;
    }
}
