package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The snapshots that a snapshot of a group consists of, as its sagas know them.
///
/// @param key of the group snapshot
public record GroupParts(UUID key, List<Part> parts) {
    public GroupParts {
        parts = List.copyOf(parts);
    }

    public record Part(SnapshotId snapshot, VolumeId volume, BackendId backend, Optional<Opened> opened) {}

    /// One step for each server, which cuts all its volumes at once, then one for each volume that no server
    /// has.
    List<Step<GroupParts>> taking() {
        Map<InstanceId, List<Part>> byServer = new LinkedHashMap<>();
        List<Part> resting = new ArrayList<>();
        parts.forEach(part -> part.opened()
                .ifPresentOrElse(
                        at -> byServer.computeIfAbsent(at.instance(), key -> new ArrayList<>())
                                .add(part),
                        () -> resting.add(part)));
        List<Step<GroupParts>> steps = new ArrayList<>();
        for (List<Part> together : byServer.values()) {
            steps.add(Step.of("cut-" + (steps.size() + 1), data -> cut(data.key(), together)));
        }
        for (Part part : resting) {
            steps.add(Step.of(
                    "snapshot-" + (steps.size() + 1),
                    data -> new Request(
                            Topics.commands(part.backend()),
                            new VolumeCommand.SnapshotVolume(part.volume(), part.snapshot()))));
        }
        return steps;
    }

    private static Request cut(UUID key, List<Part> together) {
        Opened at = together.getFirst().opened().orElseThrow();
        return new Request(
                Topics.commands(at.host()),
                new ComputeCommand.CutVolumes(
                        at.instance(),
                        key,
                        together.stream()
                                .map(part -> new VolumeCut(part.volume(), part.snapshot()))
                                .toList(),
                        Quiesce.PREFER));
    }

    /// One step for each snapshot.
    List<Step<GroupParts>> dropping() {
        List<Step<GroupParts>> steps = new ArrayList<>();
        for (Part part : parts) {
            steps.add(Step.<GroupParts>of(
                            "drop-" + (steps.size() + 1),
                            data -> DeleteVolumeSnapshot.drop(
                                    part.volume(), part.snapshot(), part.backend(), part.opened()))
                    .forwardOnly());
        }
        return steps;
    }
}
