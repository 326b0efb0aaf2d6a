/// The bus end of a worker service (compute agent, volume service, image service): Kafka channels around the
/// plain classes of `cloud.stasis.bus`.
///
/// A service calls [cloud.stasis.worker.WorkerBus#open] once it has reconciled; until then no command reaches
/// it. Channels are configured in this module's `microprofile-config.properties`; a service adds only
/// `mp.messaging.incoming.commands.topic`.
@NullMarked
package cloud.stasis.worker;

import org.jspecify.annotations.NullMarked;
