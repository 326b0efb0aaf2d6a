/// Verbs for backups by policy.
@NullMarked
package cloud.stasis.cli.verb.policy;

import org.jspecify.annotations.NullMarked;
