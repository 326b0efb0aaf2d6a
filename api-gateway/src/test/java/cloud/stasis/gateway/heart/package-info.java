/// Tests of the gateway's heart on a real database: sagas, outbox, quotas, and the doors in front of them. The
/// workers are fakes that answer commands, well or badly.
@NullMarked
package cloud.stasis.gateway.heart;

import org.jspecify.annotations.NullMarked;
