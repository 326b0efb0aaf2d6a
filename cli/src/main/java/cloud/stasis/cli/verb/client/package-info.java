/// Verbs about the cloud as a whole and about this program.
@NullMarked
package cloud.stasis.cli.verb.client;

import org.jspecify.annotations.NullMarked;
