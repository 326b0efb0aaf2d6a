/// Verbs about instance-level snapshots: all disks of a server, and its memory, at one instant.
@NullMarked
package cloud.stasis.cli.verb.snapshot;

import org.jspecify.annotations.NullMarked;
