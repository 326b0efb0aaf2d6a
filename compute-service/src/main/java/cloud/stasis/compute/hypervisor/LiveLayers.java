package cloud.stasis.compute.hypervisor;

import cloud.stasis.disks.LayerFold;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// Layers of a machine that is on.
public interface LiveLayers {
    /// As [cloud.stasis.disks.LayerFiles#fold], while the guest goes on: slowly, so that it does not notice.
    /// Repeatable, also after this process died in it. A fold that takes too long is given up, and nothing has
    /// changed.
    void fold(InstanceId instance, DeviceName disk, LayerFold fold);

    /// The disks that stand on a content which is read from the network.
    Set<DeviceName> streaming(InstanceId instance);

    /// Lets a disk that stands on a content which is read from the network go on in another layer, which stands
    /// on the same content in a file: what its own layer holds is copied while the guest goes on. Checkpoints
    /// go with it. Either the guest writes to the new layer afterwards or nothing has changed. What a former
    /// attempt left is ended.
    ///
    /// @param layer empty
    /// @param pulse called now and then; what it throws ends the attempt
    void moveTo(InstanceId instance, DeviceName disk, Path layer, Runnable pulse);

    /// Lets the disks of a paused machine go on in other layers, all at one instant: either all do or none.
    ///
    /// @param layers empty layers that stand on those in use, one for each disk
    void switchTo(InstanceId instance, Map<DeviceName, Path> layers);
}
