/// Commands leave the gateway through a table: the row commits with the change that caused it, a relay sends it to Kafka
/// afterwards, in order per key, until the broker has acknowledged it.
@NullMarked
package cloud.stasis.gateway.outbox;

import org.jspecify.annotations.NullMarked;
