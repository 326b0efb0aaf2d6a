/// Volumes: block devices that outlive servers. They are made blank, as copies, of images and of backups, given to
/// servers, extended, snapshotted alone and in groups, taken back to a snapshot, brought into the store as images and
/// backups, given to other projects, and deleted.
///
/// A [cloud.stasis.gateway.volume.Volume] and a [cloud.stasis.gateway.volume.VolumeSnapshot] are one row each; the
/// saga that its state names is the only one that changes it. Who locks both locks the volume first. What a quota
/// bounds (backups, groups, transfers, ...) stands on a [cloud.stasis.gateway.volume.Shelf]. A *claim* is somebody's
/// word that he has a volume; nothing is plugged in for it. Nothing here knows servers but by
/// [cloud.stasis.gateway.volume.VolumeHosts].
@NullMarked
package cloud.stasis.gateway.volume;

import org.jspecify.annotations.NullMarked;
