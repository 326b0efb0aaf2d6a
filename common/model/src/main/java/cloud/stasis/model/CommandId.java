package cloud.stasis.model;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Names one command on the bus. Derived from saga, step and direction, not from the attempt: a command that is
/// delivered or sent again is the same command, and its receiver answers with the outcome that it recorded.
public record CommandId(UUID value) {
    /// The id of the command that `saga` sends for `step`; the same arguments always give the same id.
    public static CommandId of(SagaId saga, String step) {
        return new CommandId(UUID.nameUUIDFromBytes((saga + "/" + step).getBytes(StandardCharsets.UTF_8)));
    }

    public static CommandId random() {
        return new CommandId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID
    public static CommandId parse(String text) {
        return new CommandId(Uuids.parse("command id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
