/// Images as the image API knows them: rows with a status, properties and, once active, the parts of their bundle.
/// The bytes are the image service's; nothing here reads or writes them.
@NullMarked
package cloud.stasis.gateway.image;

import org.jspecify.annotations.NullMarked;
