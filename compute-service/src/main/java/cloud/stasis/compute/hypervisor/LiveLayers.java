package cloud.stasis.compute.hypervisor;

import cloud.stasis.disks.LayerFold;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;

/// Layers of a machine that is on.
public interface LiveLayers {
    /// As [cloud.stasis.disks.LayerFiles#fold], while the guest goes on: slowly, so that it does not notice.
    /// Repeatable, also after this process died in it. A fold that takes too long is given up, and nothing has
    /// changed.
    void fold(InstanceId instance, DeviceName disk, LayerFold fold);
}
