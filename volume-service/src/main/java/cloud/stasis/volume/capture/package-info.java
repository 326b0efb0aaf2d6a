/// What volumes hold, on its way into the store. Reads what the driver exports and sends what the store lacks;
/// a note on disk ties a capture to the state of the volume that it read, until it is settled.
///
/// One command of a volume at a time, as everywhere in this service.
@NullMarked
package cloud.stasis.volume.capture;

import org.jspecify.annotations.NullMarked;
