/// The format of the store and its clients: how bytes become chunks, indexes and packs, and bytes again.
///
/// **Words.** *Content* is any run of bytes: a disk, a file, a guest's memory. It is cut into *leaves* of 64
/// KiB; a leaf that is not all zeros is a *chunk*, named by its SHA-256. The *index* of a content is a Merkle
/// tree of *nodes* over its leaves, named by its root. Chunks and nodes are *blobs*; many blobs travel and rest
/// in one *pack*. The bytes of all of them are laid down in `docs/design/store-format.md`.
///
/// **Layers.** [ContentStore] is what callers use. [ChunkedContentStore] does its work in terms of a
/// [BlobExchange]: over HTTP, in memory, or inside the image service on the store itself. Verification lies
/// above the exchange, so that nothing has to be trusted.
///
/// **Threads.** Records and codecs are immutable. Stores may be used from several threads; one transfer uses a
/// bounded number of threads of its own and bounded memory (see [ChunkedContentStore]).
@NullMarked
package cloud.stasis.chunks;

import org.jspecify.annotations.NullMarked;
