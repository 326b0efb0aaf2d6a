package cloud.stasis.compute.devices;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Medium;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/// Puts a medium into a drive, in the place of what was there, or takes it out. The medium is an image of the store,
/// fetched as contents that disks stand on are, and never written.
///
/// ```
///  fetch ──> spec.json names it ──> on: the drive is changed │ off: its definition is
/// ```
public final class ChangeMedium {
    private static final Logger LOG = Logger.getLogger(ChangeMedium.class);

    private final Host host;

    public ChangeMedium(Host host) {
        this.host = host;
    }

    public CommandResult handle(ComputeCommand.ChangeMedium command, CommandContext context) {
        Instance before = host.instances().open(command.instance());
        if (before.machine().drive(command.drive()).isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the instance has no drive " + command.drive());
        }
        PowerState state = host.state(before);
        if (state == PowerState.SUSPENDED) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "the instance is suspended: resume it before a medium is changed");
        }
        Set<Content> contents = command.medium().map(Medium::content).stream().collect(Collectors.toUnmodifiableSet());
        try (BaseFiles.Hold _ = host.bases().hold(contents)) {
            host.fetch(contents, command.grant(), context);
            Instance instance = recorded(before, command);
            if (Host.isActive(state)) {
                change(before, instance, command);
            } else {
                host.hypervisor().domains().define(instance.machine(), instance.files());
            }
        } finally {
            host.bases().trim();
        }
        LOG.infof(
                "Changed a medium instanceId=%s drive=%s imageId=%s",
                command.instance(),
                command.drive(),
                command.medium().map(medium -> medium.image().toString()).orElse("-"));
        return new CommandResult.Completed();
    }

    private Instance recorded(Instance instance, ComputeCommand.ChangeMedium command) {
        InstanceSpec spec = instance.spec().spec();
        List<DriveSpec> drives = spec.drives().stream()
                .map(drive -> drive.target().equals(command.drive())
                        ? new DriveSpec(drive.target(), command.medium())
                        : drive)
                .toList();
        InstanceRecord record =
                new InstanceRecord(spec.withDrives(drives), instance.machine().with(command.drive(), command.medium()));
        instance.directory().spec().write(record);
        return host.instances().open(instance.id(), record);
    }

    private void change(Instance before, Instance instance, ComputeCommand.ChangeMedium command) {
        Machine.Drive drive = instance.machine().drive(command.drive()).orElseThrow();
        Optional<Path> file = command.medium().map(medium -> instance.layout().baseFile(medium.content()));
        try {
            host.hypervisor().liveDevices().change(instance.id(), drive, file);
        } catch (StasisException e) {
            if (!e.kind().isRetryable()) {
                instance.directory().spec().write(before.spec());
            }
            throw e;
        }
    }
}
