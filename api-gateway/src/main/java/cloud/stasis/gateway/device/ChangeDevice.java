package cloud.stasis.gateway.device;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.Medium;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PortId;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Changes one device of a server, beside whatever else is done with it. A port that comes has its row from the start
/// on; one that goes keeps it until the guest has let it go. If it fails the server has what it had, and the job tells
/// why.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | change | agent | AttachNic, DetachNic, SetLink or ChangeMedium | none: it happens or not |
public final class ChangeDevice implements Saga<ChangeDevice.Data> {
    private final Plugged plugged;
    private final Grants grants;

    public ChangeDevice(Plugged plugged, Grants grants) {
        this.plugged = plugged;
        this.grants = grants;
    }

    public record Data(InstanceId instance, HostId host, Change change) {}

    /// What becomes of one device.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.PROPERTY, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Attach.class, name = "attach"),
        @JsonSubTypes.Type(value = Detach.class, name = "detach"),
        @JsonSubTypes.Type(value = Cable.class, name = "cable"),
        @JsonSubTypes.Type(value = Insert.class, name = "insert")
    })
    public sealed interface Change {}

    public record Attach(NicSpec nic) implements Change {}

    public record Detach(PortId port) implements Change {}

    public record Cable(PortId port, Link link) implements Change {}

    /// @param medium empty to take out what is in the drive
    public record Insert(DeviceName drive, Optional<Medium> medium) implements Change {}

    @Override
    public String name() {
        return "change-device";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of("change", known -> new Request(Topics.commands(known.host()), command(known))));
    }

    private ComputeCommand command(Data data) {
        InstanceId instance = data.instance();
        return switch (data.change()) {
            case Attach(NicSpec nic) -> new ComputeCommand.AttachNic(instance, nic);
            case Detach(PortId port) -> new ComputeCommand.DetachNic(instance, port);
            case Cable(PortId port, Link link) -> new ComputeCommand.SetLink(instance, port, link);
            case Insert(DeviceName drive, Optional<Medium> medium) ->
                new ComputeCommand.ChangeMedium(instance, drive, medium, grants.toRead(instance));
        };
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        plugged.change(data.instance(), spec -> changed(spec, data.change()));
        plugged.finish(data.instance(), run.id());
        return List.of();
    }

    private static InstanceSpec changed(InstanceSpec spec, Change change) {
        return switch (change) {
            case Attach(NicSpec nic) ->
                spec.withNics(
                        Stream.concat(without(spec, nic.port()), Stream.of(nic)).toList());
            case Detach(PortId port) -> spec.withNics(without(spec, port).toList());
            case Cable(PortId port, Link link) ->
                spec.withNics(spec.nics().stream()
                        .map(known -> known.port().equals(port) ? known.with(link) : known)
                        .toList());
            case Insert(DeviceName drive, Optional<Medium> medium) ->
                spec.withDrives(spec.drives().stream()
                        .map(known -> known.target().equals(drive) ? new DriveSpec(known.target(), medium) : known)
                        .toList());
        };
    }

    private static Stream<NicSpec> without(InstanceSpec spec, PortId port) {
        return spec.nics().stream().filter(known -> !known.port().equals(port));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        plugged.finish(run.data().instance(), run.id());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        plugged.finish(run.data().instance(), run.id());
    }
}
