package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Puts a shelved server on a host again, with what its disks held, and starts it. The image that held them goes once
/// it runs. If it fails the server is shelved as before.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | boot | agent | BootInstance | DeleteInstance |
public final class UnshelveServer implements Saga<UnshelveServer.Data> {
    private final InstanceTurns instances;
    private final Images images;
    private final Grants grants;
    private final DropBundle dropBundle;
    private final Clock clock;

    public UnshelveServer(InstanceTurns instances, Images images, Grants grants, DropBundle dropBundle, Clock clock) {
        this.instances = instances;
        this.images = images;
        this.grants = grants;
        this.dropBundle = dropBundle;
        this.clock = clock;
    }

    /// @param image with its own disks; empty if it has none
    /// @param reached what the machine did when it was booted
    public record Data(
            InstanceId instance,
            HostId host,
            InstanceSpec spec,
            Optional<ImageId> image,
            Optional<PowerState> reached) {
        Data reaching(PowerState power) {
            return new Data(instance, host, spec, image, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "unshelve-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "boot",
                        known -> to(
                                known,
                                new ComputeCommand.BootInstance(
                                        known.instance(),
                                        known.spec(),
                                        known.image().flatMap(this::archive),
                                        grants.toRead(known.instance()))))
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state()))
                .undoneBy(known -> to(known, new ComputeCommand.DeleteInstance(known.instance()))));
    }

    /// Of its devices, if one went with its disks.
    private Optional<Content> archive(ImageId image) {
        return images.find(image).stream()
                .flatMap(held -> held.parts().stream())
                .filter(Part.DeviceArchive.class::isInstance)
                .map(Part::content)
                .findFirst();
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        if (!instances.owns(data.instance(), run.id())) {
            return List.of();
        }
        instances.launched(data.instance(), run.id(), data.reached().orElseThrow());
        data.image().ifPresent(images::abandon);
        return data
                .image()
                .<Start<?>>map(held -> new Start<>(dropBundle, new DropBundle.Data(ReferenceName.of(held))))
                .stream()
                .toList();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        backOnShelf(run);
    }

    /// What the agent may have left is removed when it is tried again, or deleted.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.idle(run.data().instance(), run.id());
    }

    private void backOnShelf(Run<Data> run) {
        instances.change(run.data().instance(), run.id(), instance -> instance.placed(Optional.empty(), clock.instant())
                .in(instance.state().toIdle(), clock.instant()));
    }

    private static Request to(Data data, ComputeCommand command) {
        return new Request(Topics.commands(data.host()), command);
    }
}
