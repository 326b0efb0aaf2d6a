package cloud.stasis.gateway.saga;

import cloud.stasis.messages.Command;

/// A command and where it goes.
///
/// @param topic see [cloud.stasis.messages.Topics]
public record Request(String topic, Command command) {}
