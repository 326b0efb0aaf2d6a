package cloud.stasis.volume.inbox;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.CommandHandler;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.volume.driver.Copying;
import cloud.stasis.volume.driver.Growing;
import cloud.stasis.volume.driver.Snapshotting;
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
            case VolumeCommand.CloneVolume clone ->
                able(Copying.class).copy(clone.volume(), clone.size(), clone.source(), clone.snapshot());
            case VolumeCommand.GrowVolume grow -> able(Growing.class).grow(grow.volume(), grow.size());
            case VolumeCommand.SnapshotVolume snapshot ->
                able(Snapshotting.class).snapshot(snapshot.volume(), snapshot.snapshot());
            case VolumeCommand.DropVolumeSnapshot drop ->
                able(Snapshotting.class).drop(drop.volume(), drop.snapshot());
            case VolumeCommand.RevertVolume revert ->
                able(Snapshotting.class).revert(revert.volume(), revert.snapshot());
        }
        return new CommandResult.Completed();
    }

    private <T> T able(Class<T> ability) {
        if (!ability.isInstance(driver)) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "this backend cannot do that with volumes");
        }
        return ability.cast(driver);
    }
}
