package cloud.stasis.compute.capture;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.disks.Extents;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Disks that nobody writes: read from their layers, and only as far as no content of the store is known to equal a
/// layer below.
final class RestingCapture {
    private final Host host;

    RestingCapture(Host host) {
        this.host = host;
    }

    /// Of a machine that is off.
    Taken capture(Instance instance, PowerState state, Order order, CommandContext context) {
        Consistency reached = reach(state, order.quiesce());
        instance.store(instance.lineage()
                .begin(
                        order.capture(),
                        order.disks().stream()
                                .<Piece>map(disk -> new Piece.AtRest(
                                        disk, instance.disk(disk).openings(), Optional.empty()))
                                .toList()));
        SortedMap<DeviceName, LayerNumber> layers = new TreeMap<>();
        order.disks().forEach(disk -> layers.put(disk, instance.disk(disk).active()));
        try {
            Instant at = host.clock().instant();
            Upload upload = upload(order, context, ByteCount.ZERO);
            SortedMap<DeviceName, Content> contents = layers(instance.disks(), layers, upload);
            instance.store(instance.lineage()
                    .uploaded(order.capture(), piece -> piece.of(Objects.requireNonNull(contents.get(piece.disk())))));
            return new Taken(
                    at,
                    contents,
                    List.of(),
                    "layer",
                    order.quiesce(),
                    reached,
                    Duration.ZERO,
                    Duration.ZERO,
                    "the machine is " + state.name().toLowerCase(Locale.ROOT),
                    Receipts.hypervisor(host, instance.machine()),
                    upload.transfers(),
                    Optional.empty());
        } catch (StasisException e) {
            instance.store(instance.lineage().abandoned(order.capture()));
            throw e;
        }
    }

    /// What the disks of a machine that is off are.
    ///
    /// @throws StasisException `QUIESCE_REQUIRED` if more is required
    static Consistency reach(PowerState state, Quiesce wanted) {
        Consistency reached =
                switch (state) {
                    case STOPPED -> Consistency.OFFLINE;
                    // Its file systems are mounted in a memory that is not captured, or was lost.
                    case RUNNING, PAUSED, SUSPENDED, CRASHED -> Consistency.CRASH;
                };
        if (reached == Consistency.CRASH && wanted == Quiesce.REQUIRE) {
            throw new StasisException(
                    ErrorCode.QUIESCE_REQUIRED,
                    "the instance is " + state.name().toLowerCase(Locale.ROOT)
                            + " and its file systems are as after a power cut: start it first");
        }
        return reached;
    }

    Upload upload(Order order, CommandContext context, ByteCount besides) {
        ContentStore store = host.stores().open(order.grant());
        return new Upload(store, new CommandTransfer(context, Phase.UPLOADING, besides, host.space()));
    }

    /// Uploads what shows through layers that nobody writes.
    SortedMap<DeviceName, Content> layers(
            SortedMap<DeviceName, LayeredDisk> disks, SortedMap<DeviceName, LayerNumber> layers, Upload upload) {
        SortedMap<DeviceName, Content> contents = new TreeMap<>();
        layers.forEach((target, layer) -> {
            LayeredDisk disk = Optional.ofNullable(disks.get(target))
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.WRONG_STATE, "the volume that was " + target + " is no longer on this host"));
            contents.put(target, layer(disk, target, layer, upload));
        });
        return contents;
    }

    private static Content layer(LayeredDisk disk, DeviceName target, LayerNumber layer, Upload upload) {
        try (LayerReader reader = disk.read(layer)) {
            boolean isKnown = layer.equals(disk.active()) && disk.atRest().isPresent();
            Upload.Difference difference;
            if (isKnown) {
                difference = Upload.Difference.from(disk.atRest().orElseThrow(), List.of());
            } else {
                LayeredDisk.Known known = disk.known(layer);
                difference = Upload.Difference.from(
                        known.content(),
                        known.layers() == 0 ? List.of() : Extents.union(reader.allocatedIn(known.layers()), List.of()));
            }
            return upload.disk(target.value(), reader, difference, reader::data);
        }
    }
}
