package cloud.stasis.disks;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import java.util.List;

/// A disk as it is visible through one layer.
public interface LayerReader extends ContentSource, AutoCloseable {
    /// Where the topmost `layers` layers hold something of their own, data or zeros, in order. The rest of the disk
    /// shows what lies below them.
    List<Extent> allocatedIn(int layers);

    /// Where the whole chain holds anything but zeros, in order.
    List<Extent> data();

    @Override
    void close();
}
