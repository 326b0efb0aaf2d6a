/// The bus end of the gateway: commands out, facts and heartbeats in. Only parsing and handing over happens here.
///
/// Facts are taken one after the other per resource (blocking consumers, as many as there are partitions at
/// most), each in one transaction with the mark that it was taken; a record is acknowledged after that commit.
/// While the database is away a consumer waits; a record that nobody can read goes to the dead-letter topic.
/// Virtual threads would break the order of facts of one key, so consumers run on platform threads.
@NullMarked
package cloud.stasis.gateway.bus;

import org.jspecify.annotations.NullMarked;
