/// Where objects rest: the small interface that every backend of a store implements, and what is put around it.
///
/// An *object* is a pack or a manifest: immutable, named by the hash of its bytes. A *reference* is the only
/// mutable thing, changed by compare-and-set. A backend knows nothing of what is in an object and nothing of
/// the order in which objects are written; that is the job of `cloud.stasis.image.repository`. To add a
/// backend: one package with one implementation of [cloud.stasis.image.blob.BlobStore], and one empty subclass
/// of `BlobStoreContract` in the tests.
///
/// Threads: everything may be called from several threads at once, and blocks.
@NullMarked
package cloud.stasis.image.blob;

import org.jspecify.annotations.NullMarked;
