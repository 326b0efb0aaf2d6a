/// The cloud's resources and what can be done with them: one class for each API, one record for each kind of resource.
///
/// A record is a view of the tree that the API gave, so that `--json` shows all of it, newer fields included. Nothing
/// here prints or waits. One thread.
@NullMarked
package cloud.stasis.cli.cloud;

import org.jspecify.annotations.NullMarked;
