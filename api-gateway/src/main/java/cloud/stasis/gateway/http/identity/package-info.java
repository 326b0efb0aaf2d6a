/// The identity API (Keystone v3) and the wiring of [cloud.stasis.gateway.identity].
///
/// Resources parse, ask [cloud.stasis.gateway.identity.IdentityAction] whether the caller may, call, and map. They
/// run on virtual threads. Bodies have exactly the keys that Keystone's have.
@NullMarked
package cloud.stasis.gateway.http.identity;

import org.jspecify.annotations.NullMarked;
