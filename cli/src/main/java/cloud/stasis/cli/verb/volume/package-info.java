/// Verbs about volumes.
@NullMarked
package cloud.stasis.cli.verb.volume;

import org.jspecify.annotations.NullMarked;
