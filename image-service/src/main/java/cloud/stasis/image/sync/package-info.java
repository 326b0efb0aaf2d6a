/// Bundles from other stores. Only what is missing here travels; nothing that a peer says is believed: every
/// blob has the hash it was asked for, every node the shape of its place, and the seal checks the whole once
/// more.
///
/// Threads: one pull is one thread; several pulls may run at once.
@NullMarked
package cloud.stasis.image.sync;

import org.jspecify.annotations.NullMarked;
