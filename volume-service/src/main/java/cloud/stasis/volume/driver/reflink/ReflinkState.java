package cloud.stasis.volume.driver.reflink;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.Extents;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `reflink.json` says.
///
/// @param now of `volume.raw`
record ReflinkState(Held now, List<Kept> snapshots) {
    ReflinkState {
        snapshots = List.copyOf(snapshots);
    }

    /// What is in a raw file: a content of the store, but for some extents.
    record Held(ByteCount size, Content known, List<Extent> changed) {
        /// More are made fewer: to read a little too much is cheaper than to write long lists.
        private static final int MAX_CHANGED = 4096;

        Held {
            changed = List.copyOf(changed);
        }

        static Held equalTo(Content content, ByteCount size) {
            return new Held(size, content, List.of());
        }

        static Held zeros(ByteCount size) {
            return equalTo(new Content(IndexId.ZERO, size), size);
        }

        /// Whatever it is.
        static Held unknown(ByteCount size) {
            return new Held(size, new Content(IndexId.ZERO, size), List.of(new Extent(0, size.bytes())));
        }

        Held but(List<Extent> extents, ByteCount larger) {
            return new Held(larger, known, Extents.coarse(Extents.union(changed, extents), MAX_CHANGED));
        }
    }

    /// What a snapshot shows.
    record Kept(SnapshotId snapshot, Held held) {}

    Optional<Held> of(SnapshotId snapshot) {
        return snapshots.stream()
                .filter(kept -> kept.snapshot().equals(snapshot))
                .map(Kept::held)
                .findFirst();
    }

    ReflinkState holding(Held next) {
        return new ReflinkState(next, snapshots);
    }

    ReflinkState keeping(SnapshotId snapshot, Held held) {
        List<Kept> more = new ArrayList<>(without(snapshot).snapshots);
        more.add(new Kept(snapshot, held));
        return new ReflinkState(now, more);
    }

    ReflinkState without(SnapshotId snapshot) {
        return new ReflinkState(
                now,
                snapshots.stream()
                        .filter(kept -> !kept.snapshot().equals(snapshot))
                        .toList());
    }
}
