package cloud.stasis.model;

import java.util.UUID;

/// Names one run of a saga: how the gateway carries a job out.
public record SagaId(UUID value) {
    public static SagaId random() {
        return new SagaId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static SagaId parse(String text) {
        return new SagaId(Uuids.parse("saga id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
