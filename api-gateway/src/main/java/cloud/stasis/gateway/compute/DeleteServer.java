package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Deletes a server with its machine, its own disks and all that its host keeps of its snapshots; then those of
/// its volumes that were to go with it. Bundles in the store stay.
///
/// It takes the server over from whatever saga works on it; that one is asked to turn back and finds the server
/// no longer its own. The agent carries out the commands of both one after the other, in either order to the same
/// end. There is no way back from the start on; if it gets stuck the server shows `ERROR`, and deleting it again
/// begins a new run.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | unprotect (if it is protected) | agent | UnprotectInstance | none, forward only |
/// | delete-instance (if it is on a host) | agent | DeleteInstance | none, forward only |
/// | delete-volume-1 ... n | volume service | DeleteVolume | none, forward only |
public final class DeleteServer implements Saga<DeleteServer.Data> {
    private final InstanceTurns instances;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final GoesWithServer others;
    private final Clock clock;

    public DeleteServer(
            InstanceTurns instances, Volumes volumes, VolumeSnapshots snapshots, GoesWithServer others, Clock clock) {
        this.instances = instances;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.others = others;
        this.clock = clock;
    }

    /// @param host where its machine is; empty if it has none
    /// @param doomed volumes that go with the server; they are this saga's from the start
    /// @param kept volumes that are available afterwards
    /// @param protection that ends first, so that nothing keeps sending what is being removed
    public record Data(
            InstanceId instance,
            Optional<HostId> host,
            List<DoomedVolume> doomed,
            List<VolumeId> kept,
            Optional<ProtectionId> protection) {
        public Data {
            doomed = List.copyOf(doomed);
            kept = List.copyOf(kept);
        }
    }

    public record DoomedVolume(VolumeId volume, BackendId backend) {}

    @Override
    public String name() {
        return "delete-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        data.protection().ifPresent(protection -> data.host()
                .ifPresent(host -> steps.add(Step.<Data>of(
                                "unprotect",
                                known -> new Request(
                                        Topics.commands(host),
                                        new ComputeCommand.UnprotectInstance(known.instance(), protection)))
                        .forwardOnly())));
        data.host()
                .ifPresent(host -> steps.add(Step.<Data>of(
                                "delete-instance",
                                known -> new Request(
                                        Topics.commands(host), new ComputeCommand.DeleteInstance(known.instance())))
                        .forwardOnly()));
        for (DoomedVolume doomed : data.doomed()) {
            steps.add(Step.<Data>of(
                            "delete-volume-" + (data.doomed().indexOf(doomed) + 1),
                            known -> new Request(
                                    Topics.commands(doomed.backend()), new VolumeCommand.DeleteVolume(doomed.volume())))
                    .forwardOnly());
        }
        return steps;
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        instances.change(data.instance(), run.id(), instance -> instance.deleted(clock.instant()));
        data.doomed().forEach(doomed -> doomed(run, doomed.volume())
                .ifPresent(volume -> volumes.save(volume.deleted(clock.instant()))));
        doomedSnapshots(run).forEach(snapshot -> snapshots.save(snapshot.deleted(clock.instant())));
        data.kept().forEach(kept -> attached(data, kept)
                .ifPresent(volume -> volumes.save(volume.in(new VolumeState.Available(), clock.instant()))));
        return others.after(data.instance());
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("the deletion of a server is never undone");
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
        run.data().doomed().forEach(doomed -> doomed(run, doomed.volume())
                .ifPresent(volume -> volumes.save(volume.in(new VolumeState.Failed(), clock.instant()))));
        doomedSnapshots(run)
                .forEach(snapshot -> snapshots.save(snapshot.in(new VolumeSnapshot.State.Failed(), clock.instant())));
    }

    private List<VolumeSnapshot> doomedSnapshots(Run<Data> run) {
        return run.data().doomed().stream()
                .flatMap(doomed -> snapshots.lockAllOf(doomed.volume()).stream())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .toList();
    }

    private Optional<Volume> doomed(Run<Data> run, VolumeId id) {
        return volumes.lock(id).filter(volume -> volume.isWorkedOnBy(run.id()));
    }

    private Optional<Volume> attached(Data data, VolumeId id) {
        return volumes.lock(id).filter(volume -> volume.state()
                .attached()
                .filter(attachment -> attachment.instance().equals(data.instance()))
                .isPresent());
    }
}
