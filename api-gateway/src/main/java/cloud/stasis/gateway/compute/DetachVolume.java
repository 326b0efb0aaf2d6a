package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeTurns;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.VolumeId;
import java.util.List;

/// Takes a volume from a server. The volume is `detaching` until the guest has let it go; a guest that refuses keeps
/// it, and the job tells why.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | detach | agent | DetachVolume | none: it happens or not |
public final class DetachVolume implements Saga<DetachVolume.Data> {
    private final Attached attached;
    private final VolumeTurns volumes;

    public DetachVolume(Attached attached, VolumeTurns volumes) {
        this.attached = attached;
        this.volumes = volumes;
    }

    public record Data(InstanceId instance, HostId host, VolumeId volume) {}

    @Override
    public String name() {
        return "detach-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of(
                "detach",
                known -> new Request(
                        Topics.commands(known.host()),
                        new ComputeCommand.DetachVolume(known.instance(), known.volume()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        attached.remove(run.data().instance(), run.data().volume());
        volumes.change(run, run.data().volume(), state -> new VolumeState.Available());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        volumes.settle(run, run.data().volume());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        volumes.settle(run, run.data().volume());
    }
}
