package cloud.stasis.gateway.compute;

import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/// Keeps what the row of a server says of its disks in step with the volumes that come and go.
public final class Attached {
    private final Instances instances;
    private final Clock clock;

    public Attached(Instances instances, Clock clock) {
        this.instances = instances;
        this.clock = clock;
    }

    void add(InstanceId instance, DiskSpec disk) {
        change(instance, disks -> {
            List<DiskSpec> more = new ArrayList<>(disks.stream()
                    .filter(known -> !known.target().equals(disk.target()))
                    .toList());
            more.add(disk);
            more.sort(Comparator.comparing(DiskSpec::target));
            return more;
        });
    }

    void remove(InstanceId instance, VolumeId volume) {
        change(instance, disks -> disks.stream()
                .filter(disk -> !disk.source().equals(new DiskSource.Volume(volume)))
                .toList());
    }

    private void change(InstanceId id, UnaryOperator<List<DiskSpec>> disks) {
        instances.lock(id).filter(instance -> !instance.isDeleted()).ifPresent(instance -> {
            InstanceSpec spec = instance.spec();
            InstanceSpec next = spec.withDisks(disks.apply(spec.disks()));
            instances.save(instance.madeOf(next, clock.instant()));
        });
    }
}
