/// The one place that knows the order of writes: chunks and nodes, then the manifest that names them, then the
/// reference that names it (`docs/design/write-order.md`). It also knows where each blob lies.
///
/// Words: *sealing* a bundle is checking that everything its manifest reaches is there, storing the manifest,
/// and pointing the reference at it; *whole* is an index of which everything is there.
///
/// Threads: everything may be called from several threads at once, and blocks.
@NullMarked
package cloud.stasis.image.repository;

import org.jspecify.annotations.NullMarked;
