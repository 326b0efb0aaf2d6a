package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Deletes a snapshot, inner or leaf, while its server runs or after it is gone. Its children continue from its
/// parent, and so does the server if this was its position. There is no way back from the start on.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | drop-reference | image service | DropReference | none, forward only |
/// | discard-layers, if the server is still there | agent | DiscardSnapshot | none, forward only |
public final class DeleteSnapshot implements Saga<DeleteSnapshot.Data> {
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final InstantRows instants;
    private final Outbox outbox;
    private final Clock clock;

    public DeleteSnapshot(
            Instances instances, SnapshotRows snapshots, InstantRows instants, Outbox outbox, Clock clock) {
        this.instances = instances;
        this.snapshots = snapshots;
        this.instants = instants;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// @param host that may keep layers of it; empty if the server is gone, and its layers with it
    public record Data(SnapshotId snapshot, InstanceId instance, Optional<HostId> host) {}

    @Override
    public String name() {
        return "delete-snapshot";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        steps.add(Step.<Data>of(
                        "drop-reference",
                        known -> new Request(
                                outbox.imageTopic(),
                                new ImageCommand.DropReference(ReferenceName.of(known.snapshot()))))
                .forwardOnly());
        data.host()
                .ifPresent(host -> steps.add(Step.<Data>of(
                                "discard-layers",
                                known -> new Request(
                                        Topics.commands(host),
                                        new ComputeCommand.DiscardSnapshot(known.instance(), known.snapshot())))
                        .forwardOnly()));
        return steps;
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        Instant now = clock.instant();
        // The instance first: whoever takes or reverts locks in this order, too.
        Optional<Instance> instance = instances.lock(data.instance());
        snapshots.lock(data.snapshot()).ifPresent(snapshot -> {
            instance.filter(current ->
                            current.position().filter(snapshot.id()::equals).isPresent())
                    .ifPresent(current -> instances.save(current.at(snapshot.parent(), now)));
            snapshots.childrenOf(snapshot.id()).forEach(child -> snapshots.save(child.under(snapshot.parent(), now)));
            snapshots.remove(snapshot.id());
            snapshot.instant().ifPresent(instants::removeIfEmpty);
        });
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("the deletion of a snapshot is never undone");
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        snapshots
                .lock(run.data().snapshot())
                .ifPresent(snapshot -> snapshots.save(snapshot.in(new SnapshotState.Failed(), clock.instant())));
    }
}
