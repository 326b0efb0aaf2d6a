/// Verbs for standbys of servers.
@NullMarked
package cloud.stasis.cli.verb.protection;

import org.jspecify.annotations.NullMarked;
