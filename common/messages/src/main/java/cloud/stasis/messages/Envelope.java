package cloud.stasis.messages;

import java.time.Instant;
import java.util.UUID;

/// A message with what is needed to route, deduplicate and trace it. Everything but the payload travels in
/// record headers.
///
/// @param id of the message; for a command it is its `CommandId`
/// @param requestId of the API request that caused it (`req-...`), or empty
public record Envelope<M extends Message>(UUID id, String requestId, Instant sentAt, M payload) {}
