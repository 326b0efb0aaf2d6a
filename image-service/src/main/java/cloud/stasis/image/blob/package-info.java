/// Where objects rest: the small interface that every backend of a store implements, and what is put around it.
///
/// An *object* is a pack or a manifest: immutable, named by the hash of its bytes. A *note* is one of the few
/// small things that change, by compare-and-set: a reference, and what the replicas of the service tell each
/// other. A backend knows nothing of what is in either and nothing of the order in which they are written; that
/// is the job of `cloud.stasis.image.repository`. To add a backend: one package with one implementation of
/// [cloud.stasis.image.blob.BlobStore], one line in [cloud.stasis.image.blob.url.StoreUrl], and one empty subclass
/// of `BlobStoreContract` in the tests.
///
/// Threads: everything may be called from several threads at once, and blocks.
@NullMarked
package cloud.stasis.image.blob;

import org.jspecify.annotations.NullMarked;
