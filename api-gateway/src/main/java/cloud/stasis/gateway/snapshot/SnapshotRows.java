package cloud.stasis.gateway.snapshot;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SnapshotId;
import java.util.List;
import java.util.Optional;

/// The stored snapshots. Changes must be made within a transaction, to a row that it has locked.
public interface SnapshotRows {
    /// Any project's.
    Optional<Snapshot> find(SnapshotId snapshot);

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<Snapshot> lock(SnapshotId snapshot);

    /// Those whose parent this is.
    List<Snapshot> childrenOf(SnapshotId snapshot);

    /// Servers with snapshots that are queued, at most so many.
    List<InstanceId> serversInQueue(int most);

    /// All of a server, the oldest first.
    List<Snapshot> ofServer(InstanceId server);

    /// All of an instant of several servers, by their servers.
    List<Snapshot> ofInstant(InstantId instant);

    void add(Snapshot snapshot);

    void save(Snapshot snapshot);

    /// Keeps the verdict that a snapshot begins with.
    void judge(SnapshotId snapshot, FirstVerdict verdict);

    /// Empty of one that was not taken here, or before verdicts were kept.
    Optional<FirstVerdict> firstVerdict(SnapshotId snapshot);

    void remove(SnapshotId snapshot);

    List<Snapshot> list(SnapshotQuery query);
}
