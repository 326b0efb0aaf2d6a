package cloud.stasis.messages;

/// Something that the gateway asks one worker to do. Idempotent by its id: whoever receives it twice does it
/// once and answers twice.
public sealed interface Command extends Message permits ComputeCommand, VolumeCommand, ImageCommand {
    /// What the command is about. Commands with one key are carried out one after the other, in the order sent.
    String key();
}
