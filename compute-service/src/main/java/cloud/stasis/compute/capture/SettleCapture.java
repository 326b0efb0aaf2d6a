package cloud.stasis.compute.capture;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.compute.layers.FoldLayers;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.model.SnapshotId;
import java.util.Optional;
import java.util.UUID;

/// Ends captures: what is sealed becomes a known point, what is abandoned leaves nothing. Each step is
/// repeatable.
public final class SettleCapture {
    private final Host host;
    private final FoldLayers folding;

    public SettleCapture(Host host) {
        this.host = host;
        this.folding = new FoldLayers(host);
    }

    public CommandResult handle(ComputeCommand.SettleCapture command) {
        host.instances().find(command.instance()).ifPresent(instance -> {
            switch (command.settlement()) {
                case SEALED -> {
                    seal(instance, command.capture());
                    folding.of(instance);
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
        pending.get().pieces().forEach(piece -> piece.content().ifPresent(content -> {
            switch (piece) {
                case Piece.InLayer in -> instance.disk(in.disk()).name(new LayerNumber(in.layer()), content);
                case Piece.AtRest rest -> instance.disk(rest.disk()).rests(content, rest.openings());
                case Piece.AtCheckpoint at -> {}
            }
        }));
        Lineage sealed = lineage.sealed(capture);
        instance.store(sealed);
        host.forgetUnneeded(instance, sealed);
    }

    /// Every trace of a capture goes.
    public void abandon(Instance instance, UUID capture) {
        instance.discard(new SnapshotId(capture));
        Lineage abandoned = instance.lineage().abandoned(capture);
        instance.store(abandoned);
        host.forgetUnneeded(instance, abandoned);
    }

    /// Removes what this host keeps of a snapshot.
    public CommandResult handle(ComputeCommand.DiscardSnapshot command) {
        host.instances().find(command.instance()).ifPresent(instance -> {
            instance.discard(command.snapshot());
            folding.of(instance);
        });
        return new CommandResult.Completed();
    }
}
