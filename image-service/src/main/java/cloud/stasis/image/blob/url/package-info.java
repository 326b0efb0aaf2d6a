/// From the address of a store to the store: which backend it is and what is put around it. The one place that
/// knows all backends.
@NullMarked
package cloud.stasis.image.blob.url;

import org.jspecify.annotations.NullMarked;
