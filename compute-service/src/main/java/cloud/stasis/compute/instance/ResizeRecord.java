package cloud.stasis.compute.instance;

import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.SnapshotId;

/// `resize.json`: that the instance got another size and may get its former one back.
///
/// @param kept holds the layers of its own disks as they were; no snapshot, but named as one
/// @param former what it had before
public record ResizeRecord(SnapshotId kept, Size former) {}
