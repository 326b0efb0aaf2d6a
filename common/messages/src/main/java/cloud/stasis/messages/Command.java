package cloud.stasis.messages;

import java.util.List;

/// Something that the gateway asks one worker to do. Idempotent by its id: whoever receives it twice does it
/// once and answers twice.
public sealed interface Command extends Message permits ComputeCommand, VolumeCommand, ImageCommand {
    /// What the command is about. Commands with one key are carried out one after the other, in the order sent.
    String key();

    /// All keys whose order it stands in, [#key] among them: what concerns several resources at once waits until
    /// none of them has anything before it.
    default List<String> keys() {
        return List.of(key());
    }
}
