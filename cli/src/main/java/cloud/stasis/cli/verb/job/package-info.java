/// Verbs about jobs: what goes on in the cloud on somebody's behalf.
@NullMarked
package cloud.stasis.cli.verb.job;

import org.jspecify.annotations.NullMarked;
