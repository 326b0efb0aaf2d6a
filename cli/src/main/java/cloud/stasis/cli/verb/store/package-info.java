/// What operators do with the image store and its peers.
@NullMarked
package cloud.stasis.cli.verb.store;

import org.jspecify.annotations.NullMarked;
