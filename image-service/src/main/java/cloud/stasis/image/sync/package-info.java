/// Bundles between the stores of two sites, whichever of them asks for it.
///
/// ```
/// Copies      what a command asks for: chooses bundles, adds what they need, parents first
///   Copy      one bundle: walks its index, asks what the other side lacks, moves that, seals
///     Site    a store as a copy sees it: our own, or a peer's over HTTP
/// ```
/// Only what is missing travels. Nothing that a peer says is believed: every blob has the hash it was asked for,
/// every node the shape of its place, and the seal checks the whole once more, on whichever side it is.
///
/// **Peers.** Each site has a key of its own, and knows the public keys of its peers
/// ([cloud.stasis.image.sync.Peers]). Each request and each answer between sites is signed
/// ([cloud.stasis.image.sync.SiteKey]); no secret travels.
///
/// **Threads.** A copy walks in the thread that asked for it and moves blobs in a few virtual threads.
@NullMarked
package cloud.stasis.image.sync;

import org.jspecify.annotations.NullMarked;
