package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;

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
                SnapshotDescription.write(instance, name, instance.position()));
    }
}
