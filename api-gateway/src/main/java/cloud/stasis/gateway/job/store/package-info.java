/// Jobs in the database.
@NullMarked
package cloud.stasis.gateway.job.store;

import org.jspecify.annotations.NullMarked;
