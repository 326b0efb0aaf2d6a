/// The identity tables. Entities and SQL stay in this package; outside there are only the records and interfaces of
/// [cloud.stasis.gateway.identity].
///
/// Every store joins the caller's transaction or is one by itself, and announces its changes ([IdentityChanged]) so
/// that remembered tokens are forgotten after the commit. An empty text in a column means "none": MariaDB compares
/// it like any other value, which keys need.
@NullMarked
package cloud.stasis.gateway.identity.store;

import org.jspecify.annotations.NullMarked;
