package cloud.stasis.compute.capture;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.compute.layers.Folds;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.SnapshotId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/// Ends captures: what is sealed becomes a known point, what is abandoned leaves nothing. Each step is
/// repeatable.
public final class SettleCapture {
    private final Host host;
    private final Folds folds;

    public SettleCapture(Host host, Folds folds) {
        this.host = host;
        this.folds = folds;
    }

    public CommandResult handle(ComputeCommand.SettleCapture command) {
        host.instances().find(command.instance()).ifPresent(instance -> {
            switch (command.settlement()) {
                case SEALED -> {
                    seal(instance, command.capture());
                    release(new SnapshotId(command.capture()), left(instance, command.capture()));
                    folds.want(instance.id());
                }
                case ABANDONED -> abandon(instance, command.capture());
            }
        });
        return new CommandResult.Completed();
    }

    private void seal(Instance instance, UUID capture) {
        Lineage lineage = instance.lineage();
        Optional<Lineage.Pending> pending = lineage.pending(capture);
        if (pending.isEmpty()) {
            return;
        }
        SortedMap<DeviceName, LayeredDisk> disks = disks(instance, capture);
        pending.get().pieces().forEach(piece -> piece.content().ifPresent(content -> {
            Optional<LayeredDisk> disk = Optional.ofNullable(disks.get(piece.disk()));
            switch (piece) {
                case Piece.InLayer in -> disk.ifPresent(had -> had.name(new LayerNumber(in.layer()), content));
                case Piece.AtRest rest -> disk.ifPresent(had -> had.rests(content, rest.openings()));
                case Piece.AtCheckpoint at -> {}
            }
        }));
        Lineage sealed = lineage.sealed(capture);
        instance.store(sealed);
        host.forgetUnneeded(instance, sealed);
    }

    private SortedMap<DeviceName, LayeredDisk> disks(Instance instance, UUID capture) {
        return instance.directory()
                .snapshot(new SnapshotId(capture))
                .meta()
                .read()
                .map(record -> host.instances().disksOf(instance, record.machine()))
                .orElse(instance.disks());
    }

    /// The disks of a snapshot that a revert has taken from the instance since.
    private List<LayeredDisk> left(Instance instance, UUID capture) {
        return disks(instance, capture).values().stream()
                .filter(disk -> !instance.disks().containsValue(disk))
                .toList();
    }

    private static void release(SnapshotId snapshot, List<LayeredDisk> left) {
        left.stream().filter(disk -> disk.holders().contains(snapshot)).forEach(disk -> disk.release(snapshot));
    }

    private void discard(Instance instance, SnapshotId snapshot) {
        List<LayeredDisk> left = left(instance, snapshot.value());
        instance.discard(snapshot);
        release(snapshot, left);
    }

    /// Every trace of a capture goes.
    public void abandon(Instance instance, UUID capture) {
        discard(instance, new SnapshotId(capture));
        Lineage abandoned = instance.lineage().abandoned(capture);
        instance.store(abandoned);
        host.forgetUnneeded(instance, abandoned);
    }

    /// Removes what this host keeps of a snapshot.
    public CommandResult handle(ComputeCommand.DiscardSnapshot command) {
        host.instances().find(command.instance()).ifPresent(instance -> {
            discard(instance, command.snapshot());
            folds.want(instance.id());
        });
        return new CommandResult.Completed();
    }
}
