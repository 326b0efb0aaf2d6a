/// What the gateway's tests share: a real MariaDB of their own, and the one configuration in which the gateway is
/// started for tests. Every `@QuarkusTest` uses the same one, because each further one would be built again.
@NullMarked
package cloud.stasis.gateway;

import org.jspecify.annotations.NullMarked;
