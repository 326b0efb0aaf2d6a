package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.util.Map;
import java.util.TreeMap;

/// Where a snapshot of an instance comes from.
final class Origins {
    private Origins() {}

    static HostId host(Instance instance) {

        return instance.host()
                .orElseThrow(
                        () -> new StasisException(ErrorCode.WRONG_STATE, "No host has server " + instance.id() + "."));
    }

    static TakeSnapshot.Origin of(Instance instance, String name, SnapshotRows snapshots) {
        return new TakeSnapshot.Origin(
                instance.position()
                        .flatMap(snapshots::find)
                        .flatMap(Snapshot::sealed)
                        .map(SealedBundle::id),
                manifestMetadata(instance, name));
    }

    /// What another site has to know to show the snapshot as it is here.
    private static Map<String, String> manifestMetadata(Instance instance, String name) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("name", name);
        metadata.put("project", instance.project().value());
        metadata.put("server_name", instance.profile().name());
        instance.image()
                .ifPresent(image -> metadata.put("base_image_ref", image.id().toString()));
        return metadata;
    }
}
