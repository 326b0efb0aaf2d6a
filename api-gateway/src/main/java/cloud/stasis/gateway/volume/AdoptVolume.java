package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Makes a volume of a file that an operator put beside the backend's volumes. How large it is, the backend
/// tells; so the quota is asked when it is there, and a volume that it forbids is handed out again as a file.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | adopt-volume | volume service | AdoptVolume | none: one that fails leaves the file |
public final class AdoptVolume implements Saga<AdoptVolume.Data> {
    static final String FAILED = "error_managing";

    private final Volumes volumes;
    private final VolumeTurns turns;
    private final VolumeQuota quota;
    private final ReleaseVolume release;
    private final Clock clock;

    public AdoptVolume(Volumes volumes, VolumeTurns turns, VolumeQuota quota, ReleaseVolume release, Clock clock) {
        this.volumes = volumes;
        this.turns = turns;
        this.quota = quota;
        this.release = release;
        this.clock = clock;
    }

    /// @param size once the backend told it
    public record Data(VolumeId volume, BackendId backend, SourceName source, Optional<ByteCount> size) {
        Data having(CommandResult.Adopted adopted) {
            return new Data(volume, backend, source, Optional.of(adopted.size()));
        }
    }

    @Override
    public String name() {
        return "adopt-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "adopt-volume",
                        known -> new Request(
                                Topics.commands(known.backend()),
                                new VolumeCommand.AdoptVolume(known.volume(), known.source())))
                .bringing(CommandResult.Adopted.class, Data::having));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        ByteCount size = data.size().orElseThrow();
        Optional<Volume> adopted = volumes.find(data.volume()).filter(volume -> volume.isWorkedOnBy(run.id()));
        if (adopted.isEmpty()) {
            return List.of();
        }
        try {
            quota.require(adopted.get().project(), VolumeQuota.Demand.growth(adopted.get(), size));
            quota.requireSize(adopted.get().project(), size);
        } catch (StasisException e) {
            fail(run);
            return List.of(new Start<>(release, new ReleaseVolume.Data(data.volume(), data.backend())));
        }
        turns.alter(run, data.volume(), volume -> volume.sized(size, clock.instant())
                .in(new VolumeState.Available(), clock.instant()));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        fail(run);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        fail(run);
    }

    private void fail(Run<Data> run) {
        turns.change(run, run.data().volume(), state -> new VolumeState.Marked(FAILED));
    }
}
