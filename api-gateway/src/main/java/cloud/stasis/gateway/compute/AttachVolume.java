package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeTurns;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.VolumeId;
import java.util.List;

/// Gives a server a volume. The volume is `attaching`, as the disk that it will be, from the start on, and `in-use`
/// when the machine has it; if that fails it is `available` again.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | attach | agent | AttachVolume | DetachVolume |
public final class AttachVolume implements Saga<AttachVolume.Data> {
    private final Attached attached;
    private final VolumeTurns volumes;

    public AttachVolume(Attached attached, VolumeTurns volumes) {
        this.attached = attached;
        this.volumes = volumes;
    }

    public record Data(InstanceId instance, HostId host, VolumeId volume, DiskSpec disk) {}

    @Override
    public String name() {
        return "attach-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "attach",
                        known -> new Request(
                                Topics.commands(known.host()),
                                new ComputeCommand.AttachVolume(known.instance(), known.disk())))
                .undoneBy(known -> new Request(
                        Topics.commands(known.host()),
                        new ComputeCommand.DetachVolume(known.instance(), known.volume()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        attached.add(run.data().instance(), run.data().disk());
        volumes.settle(run, run.data().volume());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        volumes.change(run, run.data().volume(), state -> new VolumeState.Available());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        volumes.fail(run, run.data().volume());
    }
}
