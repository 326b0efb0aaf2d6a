/// Bundles that a store has and the tables do not know: those that come from another site, and all of them when the
/// database is lost. Each is entered once, whoever tells of it how often.
///
/// ```
/// order (adopt, pull, push)  ->  command to the store  ->  a fact for each bundle  ->  row of an image or snapshot
/// ```
/// *Adopting* believes what the store says of owners; what comes from a *peer* belongs to the project that the
/// operator assigned. A snapshot whose server is not there any more is *restored*: its server is made again.
///
/// Threads: none of its own; everything runs within the caller's transaction.
@NullMarked
package cloud.stasis.gateway.catalog;

import org.jspecify.annotations.NullMarked;
