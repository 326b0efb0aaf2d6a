/// What projects keep in the image store: how much it takes up there, and how much they may keep.
///
/// *Kept* is what images and snapshots hold as their owners see them, whatever of it is shared; it is
/// counted from the rows, and while something is on its way it counts with as much as may come. *Stored* is
/// what the store measured last; only numbers among the bundles of one project are for tenants, since any
/// other would tell them what others have (`docs/decisions/0080-sizes-for-tenants.md`).
@NullMarked
package cloud.stasis.gateway.storage;

import org.jspecify.annotations.NullMarked;
