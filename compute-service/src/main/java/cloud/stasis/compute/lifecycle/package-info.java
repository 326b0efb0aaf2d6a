/// How instances come to be on this host and how they go.
@NullMarked
package cloud.stasis.compute.lifecycle;

import org.jspecify.annotations.NullMarked;
