@NullMarked
package cloud.stasis.gateway.identity.keystone;

import org.jspecify.annotations.NullMarked;
