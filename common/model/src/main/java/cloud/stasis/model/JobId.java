package cloud.stasis.model;

import java.util.UUID;

/// Names one job: what a tenant waits for.
public record JobId(UUID value) {
    public static JobId random() {
        return new JobId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static JobId parse(String text) {
        return new JobId(Uuids.parse("job id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
