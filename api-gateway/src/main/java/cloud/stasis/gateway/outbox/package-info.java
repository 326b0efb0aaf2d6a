/// Commands leave the gateway through a table: the row commits with the change that caused it, a relay sends it
/// to Kafka afterwards, in order per key, until the broker has acknowledged it.
///
/// **Order, with several gateways.** Rows are numbered when they are inserted. Commands of one key whose order
/// matters are inserted by transactions that do not overlap: a saga sends its next command only after the answer
/// to the last, and two sagas change one resource only after each other (the row of the resource is locked by
/// whoever begins something with it). So their numbers are in the order of their commits. At any time at most one
/// relay of all gateways reads the table: it holds the lock on a row of its own until its transaction ends, and
/// the others pass by it (`SKIP LOCKED`), so no gateway waits for one that died. It sends rows in the order of
/// their numbers, and a row only after the row of the same key before it was acknowledged.
///
/// **Latency.** A commit wakes the relay's thread; it reads, sends and waits for the acknowledgement before it
/// removes the row, so that only the first of these stands between a commit and the broker.
@NullMarked
package cloud.stasis.gateway.outbox;

import org.jspecify.annotations.NullMarked;
