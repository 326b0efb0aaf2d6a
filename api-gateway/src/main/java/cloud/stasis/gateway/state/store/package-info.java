/// State backups and the database: the rows, the lock and the dump.
@NullMarked
package cloud.stasis.gateway.state.store;

import org.jspecify.annotations.NullMarked;
