package cloud.stasis.gateway.snapshot;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SnapshotId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The snapshots of a server by descent.
///
/// @param position the one that the server's history continues from
/// @param nodes the oldest first
public record SnapshotTree(InstanceId server, Optional<SnapshotId> position, List<Node> nodes) {
    public SnapshotTree {
        nodes = List.copyOf(nodes);
    }

    /// @param children those that continue from it, the oldest first
    public record Node(Snapshot snapshot, List<SnapshotId> children) {
        public Node {
            children = List.copyOf(children);
        }

        /// What its capture sent to the store, compressed: all else that it shows was there already.
        public ByteCount sent() {
            return snapshot.sent().orElse(ByteCount.ZERO);
        }
    }

    static SnapshotTree of(InstanceId server, Optional<SnapshotId> position, List<Snapshot> snapshots) {
        Map<SnapshotId, List<SnapshotId>> children = snapshots.stream()
                .filter(snapshot -> snapshot.parent().isPresent())
                .collect(Collectors.groupingBy(
                        snapshot -> snapshot.parent().orElseThrow(),
                        Collectors.mapping(Snapshot::id, Collectors.toList())));
        return new SnapshotTree(
                server,
                position,
                snapshots.stream()
                        .map(snapshot -> new Node(snapshot, children.getOrDefault(snapshot.id(), List.of())))
                        .toList());
    }
}
