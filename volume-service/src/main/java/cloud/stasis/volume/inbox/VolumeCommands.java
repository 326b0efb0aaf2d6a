package cloud.stasis.volume.inbox;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.CommandHandler;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.volume.driver.VolumeDriver;

/// Carries commands for volumes out. All of the driver's methods are repeatable, and so are these.
public final class VolumeCommands implements CommandHandler<VolumeCommand> {
    private final VolumeDriver driver;

    public VolumeCommands(VolumeDriver driver) {
        this.driver = driver;
    }

    @Override
    public CommandResult handle(VolumeCommand command, CommandContext context) {
        switch (command) {
            case VolumeCommand.CreateVolume create -> driver.create(create.volume(), create.size());
            case VolumeCommand.DeleteVolume delete -> driver.delete(delete.volume());
        }
        return new CommandResult.Completed();
    }
}
