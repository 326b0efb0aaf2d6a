/// Verbs for what a project has besides servers: key pairs, limits and quotas.
@NullMarked
package cloud.stasis.cli.verb.project;

import org.jspecify.annotations.NullMarked;
