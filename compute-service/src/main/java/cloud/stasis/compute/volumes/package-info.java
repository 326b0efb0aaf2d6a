/// Volumes that an instance is given and gives back. The instance's record (`spec.json`) is the truth: it gets
/// a disk before the machine does, and loses it after, so that a command that comes again finds out how far it
/// was.
///
/// On the instance's queue, as every command.
@NullMarked
package cloud.stasis.compute.volumes;

import org.jspecify.annotations.NullMarked;
