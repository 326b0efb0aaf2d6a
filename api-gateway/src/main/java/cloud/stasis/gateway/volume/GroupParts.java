package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.Hold;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.HostId;
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

    /// One step for each host, which cuts all volumes of its servers at one instant; if there are several, each
    /// holds its servers until all have cut, and is then released. Then one for each volume that no server has.
    List<Step<GroupParts>> taking() {
        Map<HostId, List<Part>> byHost = new LinkedHashMap<>();
        List<Part> resting = new ArrayList<>();
        parts.forEach(part -> part.opened()
                .ifPresentOrElse(
                        at -> byHost.computeIfAbsent(at.host(), key -> new ArrayList<>())
                                .add(part),
                        () -> resting.add(part)));
        List<Step<GroupParts>> steps = new ArrayList<>(
                byHost.size() > 1
                        ? held(byHost)
                        : byHost.values().stream().map(GroupParts::alone).toList());
        for (Part part : resting) {
            steps.add(Step.of(
                    "snapshot-" + (steps.size() + 1),
                    data -> new Request(
                            Topics.commands(part.backend()),
                            new VolumeCommand.SnapshotVolume(part.volume(), part.snapshot()))));
        }
        return steps;
    }

    private static Step<GroupParts> alone(List<Part> ofHost) {
        List<Cut> cuts = cuts(ofHost);
        HostId host = host(ofHost);
        if (cuts.size() == 1 && cuts.getFirst() instanceof Cut.SomeVolumes(InstanceId only, List<VolumeCut> volumes)) {
            return Step.of(
                    "cut-1",
                    data -> new Request(
                            Topics.commands(host),
                            new ComputeCommand.CutVolumes(only, data.key(), volumes, Quiesce.PREFER)));
        }
        return Step.of("cut-1", data -> together(host, data.key(), cuts, Hold.NONE));
    }

    private static List<Step<GroupParts>> held(Map<HostId, List<Part>> byHost) {
        List<Step<GroupParts>> steps = new ArrayList<>();
        byHost.forEach((host, ofHost) -> steps.add(Step.<GroupParts>of(
                        "cut-" + (steps.size() + 1),
                        data -> together(host, data.key(), cuts(ofHost), Hold.UNTIL_RELEASED))
                .undoneBy(data -> release(host, data.key(), cuts(ofHost), Settlement.ABANDONED))));
        byHost.forEach((host, ofHost) -> steps.add(Step.of(
                "release-" + (steps.size() + 1), data -> release(host, data.key(), cuts(ofHost), Settlement.SEALED))));
        return steps;
    }

    private static Request together(HostId host, UUID key, List<Cut> cuts, Hold hold) {
        return new Request(
                Topics.commands(host),
                new ComputeCommand.CutTogether(cuts.getFirst().instance(), key, cuts, Quiesce.PREFER, hold));
    }

    private static Request release(HostId host, UUID key, List<Cut> cuts, Settlement settlement) {
        return new Request(
                Topics.commands(host),
                new ComputeCommand.ReleaseTogether(cuts.getFirst().instance(), key, cuts, settlement));
    }

    private static HostId host(List<Part> ofHost) {
        return ofHost.getFirst().opened().orElseThrow().host();
    }

    private static List<Cut> cuts(List<Part> ofHost) {
        Map<InstanceId, List<VolumeCut>> byServer = new LinkedHashMap<>();
        ofHost.forEach(
                part -> byServer.computeIfAbsent(part.opened().orElseThrow().instance(), key -> new ArrayList<>())
                        .add(new VolumeCut(part.volume(), part.snapshot())));
        return byServer.entrySet().stream()
                .<Cut>map(entry -> new Cut.SomeVolumes(entry.getKey(), entry.getValue()))
                .toList();
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
