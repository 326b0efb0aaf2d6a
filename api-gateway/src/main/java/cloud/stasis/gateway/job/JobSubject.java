package cloud.stasis.gateway.job;

import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.util.Optional;

/// What a job is about.
public record JobSubject(
        Optional<InstanceId> server,
        Optional<SnapshotId> snapshot,
        Optional<ImageId> image,
        Optional<VolumeId> volume) {
    /// Nothing that belongs to a tenant.
    public static final JobSubject NONE =
            new JobSubject(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static JobSubject of(InstanceId server) {
        return new JobSubject(Optional.of(server), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static JobSubject of(InstanceId server, SnapshotId snapshot) {
        return new JobSubject(Optional.of(server), Optional.of(snapshot), Optional.empty(), Optional.empty());
    }

    public static JobSubject of(InstanceId server, ImageId image) {
        return new JobSubject(Optional.of(server), Optional.empty(), Optional.of(image), Optional.empty());
    }

    public static JobSubject of(SnapshotId snapshot, ImageId image) {
        return new JobSubject(Optional.empty(), Optional.of(snapshot), Optional.of(image), Optional.empty());
    }

    public static JobSubject of(InstanceId server, VolumeId volume) {
        return new JobSubject(Optional.of(server), Optional.empty(), Optional.empty(), Optional.of(volume));
    }

    public static JobSubject of(VolumeId volume, ImageId image) {
        return new JobSubject(Optional.empty(), Optional.empty(), Optional.of(image), Optional.of(volume));
    }

    public static JobSubject of(ImageId image) {
        return new JobSubject(Optional.empty(), Optional.empty(), Optional.of(image), Optional.empty());
    }

    public static JobSubject of(VolumeId volume) {
        return new JobSubject(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(volume));
    }
}
