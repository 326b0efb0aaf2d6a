package cloud.stasis.disks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// What `disk.json` says: the tree of a disk's layers.
///
/// ```
///            image content                 ground of layer 0
///                 │
///              layer 0   frozen, held by snapshot A, content known
///              ╱     ╲
///        layer 1     layer 2               1: frozen, held by B
///                       │
///                    layer 3   active      after a revert to A and a snapshot
/// ```
///
/// @param next the number of the layer that is made next; numbers are never used again
/// @param active where the guest writes
/// @param prepared a layer that was announced and is not active yet
/// @param rest what is known of the disk while nobody has opened it for writing
/// @param openings how often it was opened for writing
public record DiskState(
        ByteCount size,
        int next,
        int active,
        Optional<Integer> prepared,
        List<Layer> layers,
        Rest rest,
        long openings) {

    public DiskState {
        layers = List.copyOf(layers);
    }

    /// What a disk equals as it stands. Forgotten, durably, before it is opened for writing.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Rest.Pristine.class, name = "pristine"),
        @JsonSubTypes.Type(value = Rest.Equals.class, name = "equals"),
        @JsonSubTypes.Type(value = Rest.Unknown.class, name = "unknown")
    })
    public sealed interface Rest {
        /// The active layer is empty: the disk equals what that stands on.
        record Pristine() implements Rest {}

        record Equals(Content content) implements Rest {}

        record Unknown() implements Rest {}
    }

    /// @param content what the disk looks like through this layer, if that is in the store; of frozen
    ///     layers only
    /// @param holders the snapshots that this layer shows
    /// @param frozen the file as it was when it was frozen; absent while the layer may be written
    public record Layer(
            int number, Ground ground, Optional<Content> content, Set<SnapshotId> holders, Optional<FileStamp> frozen) {
        public Layer {
            holders = Set.copyOf(holders);
        }

        static Layer empty(int number, Ground ground) {
            return new Layer(number, ground, Optional.empty(), Set.of(), Optional.empty());
        }

        Layer named(Content name) {
            return new Layer(number, ground, Optional.of(name), holders, frozen);
        }

        Layer frozenAs(Optional<FileStamp> stamp) {
            return new Layer(number, ground, content, holders, stamp);
        }

        Layer heldBy(SnapshotId snapshot) {
            Set<SnapshotId> more = new HashSet<>(holders);
            more.add(snapshot);
            return new Layer(number, ground, content, more, frozen);
        }

        /// As another disk has it, which has no snapshots.
        Layer forgotten() {
            return new Layer(number, ground, content, Set.of(), frozen);
        }

        Layer releasedBy(SnapshotId snapshot) {
            Set<SnapshotId> fewer = new HashSet<>(holders);
            fewer.remove(snapshot);
            return new Layer(number, ground, content, fewer, frozen);
        }
    }

    /// What a layer stands on.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Ground.Nothing.class, name = "nothing"),
        @JsonSubTypes.Type(value = Ground.OnContent.class, name = "content"),
        @JsonSubTypes.Type(value = Ground.OnLayer.class, name = "layer"),
        @JsonSubTypes.Type(value = Ground.OnFile.class, name = "file")
    })
    public sealed interface Ground {
        record Nothing() implements Ground {}

        /// A raw file with this content, shared with other disks.
        record OnContent(Content content) implements Ground {}

        record OnLayer(int number) implements Ground {}

        /// A raw file beside the layers, of which only the owner of the disk knows what it holds.
        record OnFile(String name) implements Ground {}
    }

    Layer layer(int number) {
        return layers.stream()
                .filter(layer -> layer.number() == number)
                .findFirst()
                .orElseThrow(() ->
                        new StasisException(ErrorCode.MALFORMED_OBJECT, "a disk's state names a layer that it lacks"));
    }

    /// From the layer down to the one that stands on no layer.
    List<Layer> chain(int from) {
        List<Layer> chain = new ArrayList<>();
        int number = from;
        while (chain.size() <= layers.size()) {
            Layer layer = layer(number);
            chain.add(layer);
            if (!(layer.ground() instanceof Ground.OnLayer below)) {
                return chain;
            }
            number = below.number();
        }
        throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a disk's layers stand on each other in a circle");
    }

    DiskState with(int number, UnaryOperator<Layer> change) {
        return withLayers(layers.stream()
                .map(layer -> layer.number() == number ? change.apply(layer) : layer)
                .toList());
    }

    /// What the whole disk equals as it stands, if that is known.
    Optional<Content> atRest() {
        return switch (rest) {
            case Rest.Pristine pristine -> contentBelow(layer(active));
            case Rest.Equals equal -> Optional.of(equal.content());
            case Rest.Unknown unknown -> Optional.empty();
        };
    }

    boolean isEmptyOn(String file) {
        return rest instanceof Rest.Pristine && layer(active).ground().equals(new Ground.OnFile(file));
    }

    /// The prepared layer is frozen, and what the snapshot shows instead of whatever it showed before.
    DiskState showing(SnapshotId snapshot, Optional<FileStamp> stamp) {
        int shown = prepared.orElseThrow();
        List<Layer> released =
                layers.stream().map(layer -> layer.releasedBy(snapshot)).toList();
        return new DiskState(size, next, active, Optional.empty(), released, rest, openings)
                .with(shown, layer -> layer.frozenAs(stamp).heldBy(snapshot));
    }

    /// The layer that the active one stands on, if the active one is empty.
    Optional<Integer> emptyOn() {
        return rest instanceof Rest.Pristine && layer(active).ground() instanceof Ground.OnLayer on
                ? Optional.of(on.number())
                : Optional.empty();
    }

    private Optional<Content> contentBelow(Layer layer) {
        return switch (layer.ground()) {
            case Ground.Nothing nothing -> Optional.of(LayeredDisk.zeros(size));
            case Ground.OnContent on -> Optional.of(on.content());
            case Ground.OnLayer on -> layer(on.number()).content();
            case Ground.OnFile on -> Optional.empty();
        };
    }

    DiskState withLayers(List<Layer> layers) {
        return new DiskState(size, next, active, prepared, layers, rest, openings);
    }

    DiskState withRest(Rest rest) {
        return new DiskState(size, next, active, prepared, layers, rest, openings);
    }

    DiskState sized(ByteCount other) {
        return new DiskState(other, next, active, prepared, layers, rest, openings);
    }

    DiskState opened() {
        return new DiskState(size, next, active, prepared, layers, new Rest.Unknown(), openings + 1);
    }

    DiskState preparing(Ground ground) {
        List<Layer> more = new ArrayList<>(layers);
        more.add(Layer.empty(next, ground));
        return new DiskState(size, next + 1, active, Optional.of(next), more, rest, openings);
    }

    /// The prepared layer becomes the active one. Unless it stands on the one that was active, the disk shows
    /// something else now, which counts as an opening.
    DiskState switching(Rest rest) {
        int switched = prepared.orElseThrow();
        boolean same = layer(switched).ground() instanceof Ground.OnLayer on && on.number() == active;
        return new DiskState(size, next, switched, Optional.empty(), layers, rest, same ? openings : openings + 1);
    }

    DiskState withoutPrepared() {
        return new DiskState(
                size,
                next,
                active,
                Optional.empty(),
                layers.stream()
                        .filter(layer -> !prepared.equals(Optional.of(layer.number())))
                        .toList(),
                rest,
                openings);
    }

    /// @param children stand on `top`
    /// @param top goes; frozen, unless it is the active one
    /// @param base frozen, shown by no snapshot; takes the place of `top`
    record Fold(List<Integer> children, int top, int base, LayerFold.Place place) {}

    /// The oldest layer that can be folded: one that no snapshot shows and on which nothing stands but one other.
    ///
    /// @param mayChange whether nobody else shares the file of a layer
    Optional<Fold> foldable(LayeredDisk.Folding terms, Predicate<Layer> mayChange) {
        if (prepared.isPresent()) {
            return Optional.empty();
        }
        return layers.stream()
                .filter(base -> base.frozen().isPresent() && base.holders().isEmpty())
                .flatMap(base -> onlyOneOn(base).flatMap(top -> fold(terms, base, top)).stream())
                .filter(fold -> mayChange.test(layer(fold.base())))
                .findFirst();
    }

    private Optional<Layer> onlyOneOn(Layer base) {
        List<Layer> standing = standOn(base);
        return standing.size() == 1 ? Optional.of(standing.getFirst()) : Optional.empty();
    }

    private Optional<Fold> fold(LayeredDisk.Folding terms, Layer base, Layer top) {
        boolean isActive = top.number() == active;
        boolean isBelow = chain(active).contains(top);
        List<Integer> children = standOn(top).stream().map(Layer::number).toList();
        boolean allowed =
                switch (terms) {
                    case STORED_ALONE ->
                        isBelow
                                && !isActive
                                && children.size() == 1
                                && (top.holders().isEmpty() || top.content().isPresent());
                    case BESIDE_A_GUEST -> !isActive;
                    // The name of what is below makes the next capture small, and would be lost.
                    case AT_REST -> !isActive || base.content().isEmpty();
                };
        if (!allowed) {
            return Optional.empty();
        }
        LayerFold.Place place =
                isActive ? LayerFold.Place.ACTIVE : isBelow ? LayerFold.Place.IN_CHAIN : LayerFold.Place.ASIDE;
        return Optional.of(new Fold(children, top.number(), base.number(), place));
    }

    private List<Layer> standOn(Layer below) {
        return layers.stream()
                .filter(layer -> layer.ground() instanceof Ground.OnLayer on && on.number() == below.number())
                .toList();
    }

    /// @param stamp tells how the file of a layer is now
    DiskState folded(Fold fold, Function<Integer, Optional<FileStamp>> stamp) {
        Layer gone = layer(fold.top());
        boolean active = fold.place() == LayerFold.Place.ACTIVE;
        DiskState next = withLayers(layers.stream()
                        .filter(layer -> layer.number() != fold.top())
                        .toList())
                .with(
                        fold.base(),
                        layer -> new Layer(
                                layer.number(),
                                layer.ground(),
                                gone.content(),
                                gone.holders(),
                                active ? Optional.empty() : stamp.apply(fold.base())));
        for (int child : fold.children()) {
            next = next.with(
                    child,
                    layer -> new Layer(
                            layer.number(),
                            new Ground.OnLayer(fold.base()),
                            layer.content(),
                            layer.holders(),
                            layer.frozen().isPresent() ? stamp.apply(child) : Optional.empty()));
        }
        return active ? next.goingOnIn(fold.base(), atRest()) : next;
    }

    private DiskState goingOnIn(int layer, Optional<Content> equal) {
        Rest rested = equal.<Rest>map(Rest.Equals::new).orElseGet(Rest.Unknown::new);
        return new DiskState(size, next, layer, prepared, layers, rested, openings);
    }

    /// Without the layers that neither the active one, nor the prepared one, nor a held one stands on.
    DiskState pruned() {
        Set<Integer> needed = new HashSet<>();
        chain(active).forEach(layer -> needed.add(layer.number()));
        prepared.ifPresent(number -> chain(number).forEach(layer -> needed.add(layer.number())));
        layers.stream()
                .filter(layer -> !layer.holders().isEmpty())
                .flatMap(layer -> chain(layer.number()).stream())
                .forEach(layer -> needed.add(layer.number()));
        return withLayers(
                layers.stream().filter(layer -> needed.contains(layer.number())).toList());
    }
}
