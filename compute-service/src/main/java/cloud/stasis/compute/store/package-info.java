/// Contents of the store on this host: fetching them into shared base files, and telling how far a transfer is.
///
/// A base file is a raw file named by its index, verified when it was fetched, never written again, and shared by all
/// disks that stand on that content. `base/` is a cache of a bounded size; what some disk or kernel needs is never
/// dropped from it.
///
/// A content that guests run on while it is being fetched is served by [BaseStreams] until it is such a file.
///
/// **Threads.** [BaseFiles] may be asked from several threads; each content is fetched once.
@NullMarked
package cloud.stasis.compute.store;

import org.jspecify.annotations.NullMarked;
