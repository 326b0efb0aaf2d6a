package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import java.util.regex.Pattern;

/// Names a point in the history of an instance's disks from which on writes are recorded.
public record CheckpointName(@JsonValue String value) implements Comparable<CheckpointName> {
    private static final Pattern NAME = Pattern.compile("stasis-[a-z0-9-]{1,60}");

    @JsonCreator
    public CheckpointName {
        if (!NAME.matcher(value).matches()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "not a name of one of our checkpoints");
        }
    }

    /// A name that was never used.
    public static CheckpointName fresh() {
        return new CheckpointName("stasis-" + UUID.randomUUID().toString().substring(0, 18));
    }

    /// Whether an agent made the checkpoint of this name.
    public static boolean isOurs(String name) {
        return NAME.matcher(name).matches();
    }

    @Override
    public int compareTo(CheckpointName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
