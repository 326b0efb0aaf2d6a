/// The bytes of the store, exactly as `docs/design/store-format.md` lays them down: leaves, nodes, packs,
/// manifests.
///
/// Every class here turns values into their one canonical form and back, and refuses whatever is not that form.
/// What comes in was written by someone who may be hostile: lengths are checked before anything is allocated,
/// and nothing is believed that a digest does not prove. No I/O, no state, no threads: safe everywhere.
@NullMarked
package cloud.stasis.chunks.format;

import org.jspecify.annotations.NullMarked;
