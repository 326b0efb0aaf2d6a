/// What the gateway asks of a store over the bus: seal a bundle, drop one, compute the checksums of an image, tell
/// which there are, copy some to or from another site. Each is repeatable, so that a command that is delivered
/// again after a crash does no harm.
///
/// Threads: called on the worker's threads, for one command of a key at a time.
@NullMarked
package cloud.stasis.image.bundle;

import org.jspecify.annotations.NullMarked;
