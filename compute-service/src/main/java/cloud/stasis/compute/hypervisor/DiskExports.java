package cloud.stasis.compute.hypervisor;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.model.DeviceName;
import java.util.List;

/// Disks of one instant, readable while the guest goes on. Closing it ends the export.
public interface DiskExports extends AutoCloseable {
    ContentSource content(DeviceName disk);

    /// What was written since the checkpoint that was asked for; in order.
    List<Extent> changed(DeviceName disk);

    /// Where the topmost `layers` layers of the disk may hold something of their own; in order. Known of disks that
    /// were copied.
    List<Extent> writtenIn(DeviceName disk, int layers);

    /// Where the disk holds anything but zeros; in order.
    List<Extent> data(DeviceName disk);

    @Override
    void close();
}
