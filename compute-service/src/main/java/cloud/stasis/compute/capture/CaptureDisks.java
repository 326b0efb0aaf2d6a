package cloud.stasis.compute.capture;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Captures disks of one instant: of a machine that is on through an export, of one that is off from its layers.
public final class CaptureDisks {
    private final Host host;
    private final LiveCapture live;
    private final RestingCapture resting;

    public CaptureDisks(Host host, MemoryCut memoryCut) {
        this.host = host;
        this.live = new LiveCapture(host, memoryCut);
        this.resting = new RestingCapture(host);
    }

    public CommandResult.Captured handle(ComputeCommand.CaptureDisks command, CommandContext context) {
        Instance instance = host.instances().open(command.instance());
        Order order =
                new Order(command.capture(), disks(instance, command.disks()), command.quiesce(), command.grant());
        PowerState state = host.state(instance);
        // Before a capture that would have to be taken back.
        Optional<Part> archive = command.devices().map(_ -> archive(instance, command, context));
        Taken taken = Host.isActive(state)
                ? live.capture(instance, state, order, context, context::afterwards)
                : resting.capture(instance, state, order, context);
        return taken.with(archive.stream().toList(), List.of()).captured();
    }

    /// Of the machine with those disks that are captured, so that the two go together.
    private Part archive(Instance instance, ComputeCommand.CaptureDisks command, CommandContext context) {
        Set<DeviceName> captured = disks(instance, command.disks());
        Machine machine = host.archived(instance);
        for (DeviceName target : machine.targets()) {
            machine = captured.contains(target) ? machine : machine.without(target);
        }
        Sources.Bytes bytes = new Sources.Bytes(DeviceArchive.write(machine));
        CommandTransfer transfer = new CommandTransfer(context, Phase.UPLOADING, bytes.size(), host.space());
        Upload upload = new Upload(host.stores().open(command.grant()), transfer);
        return new Part.DeviceArchive(upload.whole("devices", bytes));
    }

    private static Set<DeviceName> disks(Instance instance, List<DeviceName> named) {
        Set<DeviceName> all = instance.disks().keySet();
        if (!all.containsAll(named)) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the instance lacks one of the disks to capture");
        }
        return named.isEmpty() ? new TreeSet<>(all) : new TreeSet<>(named);
    }
}
