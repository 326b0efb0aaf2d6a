/// Images as the image API knows them: rows with a status, properties and, once active, the parts of their bundle.
/// The bytes are the image service's; nothing here reads or writes them.
///
/// ```
///            upload or capture begins          sealed
///   queued ---------------------------> saving ------> active <--> deactivated
///    | ^ ^                                 |             ^
///    | | +-------- upload broken off ------+             |      deleted: the row goes, from any state
///    | |                                                 |
///    | +--- broken off, forgotten --- uploading --+      |
///    |        staged ------------------^          |      |
///    +--- fetched from elsewhere ---------------> importing
/// ```
/// What is staged lies in the store like everything else, and is nobody's before it is imported. An import that fails
/// goes back to where it came from.
///
/// An image is **visible** to a project that owns it, to all if public or community, and to its **members** if
/// shared. An **upload** is one attempt to stream a file into it, leased for as long as it moves.
///
/// Plain classes, safe on any thread; what asks the database blocks.
@NullMarked
package cloud.stasis.gateway.image;

import org.jspecify.annotations.NullMarked;
