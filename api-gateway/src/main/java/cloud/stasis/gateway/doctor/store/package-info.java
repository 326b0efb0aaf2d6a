/// The table of examinations.
@NullMarked
package cloud.stasis.gateway.doctor.store;

import org.jspecify.annotations.NullMarked;
