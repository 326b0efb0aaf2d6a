package cloud.stasis.volume.driver;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.model.Content;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.List;
import java.util.Optional;

/// A driver that lets what its volumes hold be read.
public interface Exporting {
    /// What a volume holds now, or did at a snapshot of it.
    ///
    /// @throws StasisException `VOLUME_NOT_FOUND`, `SNAPSHOT_NOT_FOUND`; `WRONG_STATE` while anything
    ///     writes to the volume and no snapshot is given
    Export export(VolumeId volume, Optional<SnapshotId> snapshot);

    /// The store has for good what an export showed, so that a later one need only tell what has changed since.
    /// Repeatable; no effect on a volume that was written to meanwhile, or that is gone.
    ///
    /// @param version as the export said
    void stored(VolumeId volume, Optional<SnapshotId> snapshot, Content content, Version version);

    /// Grows whenever what a volume holds may have changed.
    record Version(long value) {}

    interface Export extends ContentSource, AutoCloseable {
        /// A content of the store from which it differs in [#changed] at most;
        /// [cloud.stasis.model.IndexId#ZERO] if none is known.
        Content known();

        List<Extent> changed();

        /// Where it holds anything but zeros; in order.
        List<Extent> data();

        Version version();

        @Override
        void close();
    }
}
