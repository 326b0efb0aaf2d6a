/// What travels on the bus. Commands go down (imperative: `BootInstance`), facts come up (past tense:
/// `CommandDone`).
///
/// Payloads carry ids, sizes and states, never bytes and never a free map where a type is known. Every message
/// is an immutable record behind a sealed interface, so that a new one is a compile error wherever one is
/// dispatched. On the wire a message is JSON; its name and version stand in record headers (see
/// [cloud.stasis.messages.MessageType]), and no class name ever does. Within a version only optional fields may
/// be added.
@NullMarked
package cloud.stasis.messages;

import org.jspecify.annotations.NullMarked;
