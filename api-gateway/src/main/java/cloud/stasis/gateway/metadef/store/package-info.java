/// The tables of metadata definitions. Entities and SQL stay in this package; outside there are only the records and
/// interfaces of [cloud.stasis.gateway.metadef].
///
/// Safe on any thread, within a transaction of the caller's.
@NullMarked
package cloud.stasis.gateway.metadef.store;

import org.jspecify.annotations.NullMarked;
