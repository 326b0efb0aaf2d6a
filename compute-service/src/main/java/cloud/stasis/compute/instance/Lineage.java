package cloud.stasis.compute.instance;

import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// `lineage.json`: the known points of an instance's disks, and captures whose fate is not known yet. A capture
/// becomes what the next one builds on only once it is sealed, since only then the store keeps its content.
///
/// ```
///  capture begins           pending, content unknown         checkpoint is set
///  uploaded                 pending, content known           answered
///  settled as sealed        its points replace older ones    older checkpoints are forgotten
///  settled as abandoned     gone                             its checkpoint is forgotten
/// ```
///
/// @param next the order that the next capture or start gets
public record Lineage(long next, List<DiskPoint> points, List<Pending> pending) {
    public static final Lineage EMPTY = new Lineage(1, List.of(), List.of());

    public Lineage {
        points = List.copyOf(points);
        pending = List.copyOf(pending);
    }

    /// A capture that was begun and is not settled.
    public record Pending(UUID capture, long order, List<Piece> pieces) {
        public Pending {
            pieces = List.copyOf(pieces);
        }
    }

    /// One disk of a pending capture.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Piece.AtCheckpoint.class, name = "checkpoint"),
        @JsonSubTypes.Type(value = Piece.InLayer.class, name = "layer"),
        @JsonSubTypes.Type(value = Piece.AtRest.class, name = "rest")
    })
    public sealed interface Piece {
        DeviceName disk();

        /// Known once it is uploaded.
        Optional<Content> content();

        Piece of(Content content);

        /// Of a guest that went on: the checkpoint was set at the instant.
        record AtCheckpoint(DeviceName disk, CheckpointName checkpoint, Optional<Content> content) implements Piece {
            @Override
            public Piece of(Content content) {
                return new AtCheckpoint(disk, checkpoint, Optional.of(content));
            }
        }

        /// Frozen at the instant.
        record InLayer(DeviceName disk, int layer, Optional<Content> content) implements Piece {
            @Override
            public Piece of(Content content) {
                return new InLayer(disk, layer, Optional.of(content));
            }
        }

        /// Of a guest that was off.
        ///
        /// @param openings how often the disk had been opened for writing by then
        record AtRest(DeviceName disk, long openings, Optional<Content> content) implements Piece {
            @Override
            public Piece of(Content content) {
                return new AtRest(disk, openings, Optional.of(content));
            }
        }
    }

    public Optional<DiskPoint> point(DeviceName disk) {
        return points.stream().filter(point -> point.disk().equals(disk)).findFirst();
    }

    public Optional<Pending> pending(UUID capture) {
        return pending.stream().filter(found -> found.capture().equals(capture)).findFirst();
    }

    /// The checkpoints that are needed. All others of the instance are rubbish.
    @JsonIgnore
    public Set<CheckpointName> checkpoints() {
        Set<CheckpointName> names = new TreeSet<>();
        points.forEach(point -> names.add(point.checkpoint()));
        for (Pending capture : pending) {
            for (Piece piece : capture.pieces()) {
                if (piece instanceof Piece.AtCheckpoint at) {
                    names.add(at.checkpoint());
                }
            }
        }
        return names;
    }

    /// A capture begins. One of that name that was begun before is forgotten.
    public Lineage begin(UUID capture, List<Piece> pieces) {
        List<Pending> more = new ArrayList<>(without(capture));
        more.add(new Pending(capture, next, pieces));
        return new Lineage(next + 1, points, more);
    }

    /// The disks went on in other layers at the instant of a capture. What was known before is void: its checkpoints
    /// belong to the layers that are frozen now.
    ///
    /// @param after made with the order [#next]: true from the instant on
    public Lineage cut(UUID capture, List<Piece> pieces, List<DiskPoint> after) {
        List<Pending> more = new ArrayList<>(without(checkpoints()).without(capture));
        more.add(new Pending(capture, next, pieces));
        return new Lineage(next + 1, after, more);
    }

    /// What was captured is uploaded.
    public Lineage uploaded(UUID capture, UnaryOperator<Piece> contents) {
        return new Lineage(
                next,
                points,
                pending.stream()
                        .map(found -> found.capture().equals(capture)
                                ? new Pending(
                                        capture,
                                        found.order(),
                                        found.pieces().stream().map(contents).toList())
                                : found)
                        .toList());
    }

    /// The capture is sealed: what it captured at a checkpoint is a known point now.
    public Lineage sealed(UUID capture) {
        List<DiskPoint> better = new ArrayList<>(points);
        pending(capture).ifPresent(found -> found.pieces().forEach(piece -> promote(better, piece, found.order())));
        return new Lineage(next, better, without(capture));
    }

    private static void promote(List<DiskPoint> points, Piece piece, long order) {
        Optional<Content> content = piece.content();
        if (content.isEmpty()) {
            return;
        }
        Optional<DiskPoint> current = points.stream()
                .filter(point -> point.disk().equals(piece.disk()))
                .findFirst();
        switch (piece) {
            case Piece.AtCheckpoint at -> {
                if (current.isEmpty() || current.get().order() < order) {
                    current.ifPresent(points::remove);
                    points.add(new DiskPoint(at.disk(), order, at.checkpoint(), content.get(), List.of()));
                }
            }
            // The checkpoint that was set when the layer was frozen goes with the layer's content from now on.
            case Piece.InLayer in ->
                current.filter(point -> point.order() == order).ifPresent(point -> {
                    points.remove(point);
                    points.add(new DiskPoint(in.disk(), order, point.checkpoint(), content.get(), List.of()));
                });
            case Piece.AtRest rest -> {}
        }
    }

    public Lineage abandoned(UUID capture) {
        return new Lineage(next, points, without(capture));
    }

    /// Every point is replaced: the machine starts, or its disks went on in other layers.
    public Lineage withPoints(List<DiskPoint> replaced) {
        return new Lineage(next + 1, replaced, pending);
    }

    /// The checkpoints are gone, and with them all that was known by them.
    public Lineage without(Set<CheckpointName> lost) {
        return new Lineage(
                next,
                points.stream()
                        .filter(point -> !lost.contains(point.checkpoint()))
                        .toList(),
                pending.stream()
                        .map(found -> new Pending(
                                found.capture(),
                                found.order(),
                                found.pieces().stream()
                                        .filter(piece -> !(piece instanceof Piece.AtCheckpoint at
                                                && lost.contains(at.checkpoint())))
                                        .toList()))
                        .toList());
    }

    private List<Pending> without(UUID capture) {
        return pending.stream()
                .filter(found -> !found.capture().equals(capture))
                .toList();
    }
}
