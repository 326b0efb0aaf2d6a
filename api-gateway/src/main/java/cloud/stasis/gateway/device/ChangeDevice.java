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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /// One of the four is there.
    ///
    /// @param attach an interface to plug in
    /// @param detach an interface to take away
    public record Data(
            InstanceId instance,
            HostId host,
            Optional<NicSpec> attach,
            Optional<PortId> detach,
            Optional<Cable> cable,
            Optional<Insertion> insertion) {
        static Data attach(InstanceId instance, HostId host, NicSpec nic) {
            return new Data(instance, host, Optional.of(nic), Optional.empty(), Optional.empty(), Optional.empty());
        }

        static Data detach(InstanceId instance, HostId host, PortId port) {
            return new Data(instance, host, Optional.empty(), Optional.of(port), Optional.empty(), Optional.empty());
        }

        static Data link(InstanceId instance, HostId host, Cable cable) {
            return new Data(instance, host, Optional.empty(), Optional.empty(), Optional.of(cable), Optional.empty());
        }

        static Data insert(InstanceId instance, HostId host, Insertion insertion) {
            return new Data(
                    instance, host, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(insertion));
        }
    }

    public record Cable(PortId port, Link link) {}

    /// @param medium empty to take out what is in the drive
    public record Insertion(DeviceName drive, Optional<Medium> medium) {}

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
        return data.attach()
                .<ComputeCommand>map(nic -> new ComputeCommand.AttachNic(instance, nic))
                .or(() -> data.detach().map(port -> new ComputeCommand.DetachNic(instance, port)))
                .or(() -> data.cable().map(cable -> new ComputeCommand.SetLink(instance, cable.port(), cable.link())))
                .or(() -> data.insertion()
                        .map(insertion -> new ComputeCommand.ChangeMedium(
                                instance, insertion.drive(), insertion.medium(), grants.toRead(instance))))
                .orElseThrow();
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        plugged.change(data.instance(), spec -> changed(spec, data));
        if (data.attach().isPresent() || data.detach().isPresent()) {
            plugged.finish(data.instance(), run.id());
        }
        return List.of();
    }

    private static InstanceSpec changed(InstanceSpec spec, Data data) {
        List<NicSpec> nics = new ArrayList<>(spec.nics());
        data.attach().ifPresent(nic -> {
            nics.removeIf(known -> known.port().equals(nic.port()));
            nics.add(nic);
        });
        data.detach().ifPresent(port -> nics.removeIf(known -> known.port().equals(port)));
        data.cable()
                .ifPresent(cable ->
                        nics.replaceAll(known -> known.port().equals(cable.port()) ? known.with(cable.link()) : known));
        List<DriveSpec> drives = new ArrayList<>(spec.drives());
        data.insertion()
                .ifPresent(
                        insertion -> drives.replaceAll(known -> known.target().equals(insertion.drive())
                                ? new DriveSpec(known.target(), insertion.medium())
                                : known));
        return spec.withNics(nics).withDrives(drives);
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
