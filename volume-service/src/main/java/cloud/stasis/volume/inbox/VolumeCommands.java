package cloud.stasis.volume.inbox;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.CommandHandler;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;
import cloud.stasis.volume.capture.CaptureVolume;
import cloud.stasis.volume.capture.CommandTransfer;
import cloud.stasis.volume.capture.Stores;
import cloud.stasis.volume.driver.Adopting;
import cloud.stasis.volume.driver.Copying;
import cloud.stasis.volume.driver.Exporting;
import cloud.stasis.volume.driver.Filling;
import cloud.stasis.volume.driver.Growing;
import cloud.stasis.volume.driver.Snapshotting;
import cloud.stasis.volume.driver.VolumeDriver;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/// Carries commands for volumes out. All of the driver's methods are repeatable, and so are these.
public final class VolumeCommands implements CommandHandler<VolumeCommand> {
    private final VolumeDriver driver;
    private final Stores stores;
    private final Optional<CaptureVolume> captures;

    /// @param notes a directory for what has to be remembered between commands
    public VolumeCommands(VolumeDriver driver, Stores stores, Path notes, Clock clock) {
        this.driver = driver;
        this.stores = stores;
        this.captures = driver instanceof Exporting able
                ? Optional.of(new CaptureVolume(able, stores, notes, clock))
                : Optional.empty();
    }

    @Override
    public CommandResult handle(VolumeCommand command, CommandContext context) {
        return switch (command) {
            case VolumeCommand.CreateVolume create -> done(() -> driver.create(create.volume(), create.size()));
            case VolumeCommand.DeleteVolume delete -> done(() -> driver.delete(delete.volume()));
            case VolumeCommand.CloneVolume clone ->
                done(() -> able(Copying.class).copy(clone.volume(), clone.size(), clone.source(), clone.snapshot()));
            case VolumeCommand.GrowVolume grow -> done(() -> able(Growing.class).grow(grow.volume(), grow.size()));
            case VolumeCommand.SnapshotVolume snapshot ->
                done(() -> able(Snapshotting.class).snapshot(snapshot.volume(), snapshot.snapshot()));
            case VolumeCommand.DropVolumeSnapshot drop ->
                done(() -> able(Snapshotting.class).drop(drop.volume(), drop.snapshot()));
            case VolumeCommand.RevertVolume revert ->
                done(() -> able(Snapshotting.class).revert(revert.volume(), revert.snapshot()));
            case VolumeCommand.FillVolume fill -> done(() -> fill(fill, context));
            case VolumeCommand.CaptureVolume capture -> captures().capture(capture, context);
            case VolumeCommand.SettleVolume settle -> captures().settle(settle);
            case VolumeCommand.AdoptVolume adopt ->
                new CommandResult.Adopted(able(Adopting.class).adopt(adopt.volume(), adopt.source()));
            case VolumeCommand.ReleaseVolume release ->
                done(() -> able(Adopting.class).release(release.volume()));
            case VolumeCommand.AdoptSnapshot adopt ->
                done(() -> able(Adopting.class).adopt(adopt.volume(), adopt.snapshot(), adopt.source()));
            case VolumeCommand.ReleaseSnapshot release ->
                done(() -> able(Adopting.class).release(release.volume(), release.snapshot()));
        };
    }

    private void fill(VolumeCommand.FillVolume fill, CommandContext context) {
        CommandTransfer transfer = new CommandTransfer(context, Phase.FETCHING_IMAGE);
        able(Filling.class).fill(fill.volume(), fill.size(), fill.content(), file -> stores.open(fill.grant())
                .download(fill.content(), file, transfer));
    }

    private CaptureVolume captures() {
        return captures.orElseThrow(VolumeCommands::unable);
    }

    private <T> T able(Class<T> ability) {
        if (!ability.isInstance(driver)) {
            throw unable();
        }
        return ability.cast(driver);
    }

    private static StasisException unable() {
        return new StasisException(ErrorCode.INVALID_REQUEST, "this backend cannot do that with volumes");
    }

    private static CommandResult done(Runnable work) {
        work.run();
        return new CommandResult.Completed();
    }
}
