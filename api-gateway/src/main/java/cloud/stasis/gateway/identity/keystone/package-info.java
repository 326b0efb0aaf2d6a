/// A Keystone of its own right instead of the embedded identity service: it knows the users and issues the tokens,
/// and this cloud asks it. **Service user** is the name by which we ask.
///
/// All classes are safe on any thread that may block.
@NullMarked
package cloud.stasis.gateway.identity.keystone;

import org.jspecify.annotations.NullMarked;
