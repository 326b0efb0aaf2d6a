/// Verbs about servers, named as novaclient names them.
@NullMarked
package cloud.stasis.cli.verb.server;

import org.jspecify.annotations.NullMarked;
