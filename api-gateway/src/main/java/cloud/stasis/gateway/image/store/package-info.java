/// The image tables. Entities and SQL stay in this package; outside there are only the records and interfaces of
/// [cloud.stasis.gateway.image].
///
/// A list is one query, whatever is asked: each way in which a caller may come to see an image (own, public,
/// shared) is a branch of its own with its own index, read from where the last page ended and no further than one
/// page. So a page takes the same time in a cloud of ten images and of a hundred thousand.
@NullMarked
package cloud.stasis.gateway.image.store;

import org.jspecify.annotations.NullMarked;
