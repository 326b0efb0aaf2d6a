/// Verbs about devices of servers besides disks.
@NullMarked
package cloud.stasis.cli.verb.device;

import org.jspecify.annotations.NullMarked;
