package cloud.stasis.compute.hypervisor;

import cloud.stasis.disks.LayerFold;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.util.Map;

/// Layers of a machine that is on.
public interface LiveLayers {
    /// As [cloud.stasis.disks.LayerFiles#fold], while the guest goes on: slowly, so that it does not notice.
    /// Repeatable, also after this process died in it. A fold that takes too long is given up, and nothing has
    /// changed.
    void fold(InstanceId instance, DeviceName disk, LayerFold fold);

    /// Lets the disks of a paused machine go on in other layers, all at one instant: either all do or none.
    ///
    /// @param layers empty layers that stand on those in use, one for each disk
    void switchTo(InstanceId instance, Map<DeviceName, Path> layers);
}
