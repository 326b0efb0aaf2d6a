/// Volumes: block devices that outlive servers. They are made blank or as copies, given to a server when it is made,
/// extended, snapshotted, taken back to a snapshot, and deleted.
///
/// A [cloud.stasis.gateway.volume.Volume] and a [cloud.stasis.gateway.volume.VolumeSnapshot] are one row each; the
/// saga that its state names is the only one that changes it. Who locks both locks the volume first. Nothing here
/// knows servers but by id.
@NullMarked
package cloud.stasis.gateway.volume;

import org.jspecify.annotations.NullMarked;
