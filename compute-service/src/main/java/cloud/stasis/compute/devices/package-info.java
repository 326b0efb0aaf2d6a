/// Network interfaces that an instance is given and gives back, and media that come and go. As with volumes the
/// instance's record (`spec.json`) is the truth: it gets a device before the machine does, and loses it after, so that
/// a command that comes again finds out how far it was.
///
/// On the instance's queue, as every command.
@NullMarked
package cloud.stasis.compute.devices;

import org.jspecify.annotations.NullMarked;
