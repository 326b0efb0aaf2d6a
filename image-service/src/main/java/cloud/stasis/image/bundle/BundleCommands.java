package cloud.stasis.image.bundle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.CommandHandler;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;

/// Carries out what is asked of the store.
public final class BundleCommands implements CommandHandler<ImageCommand> {
    private final Repository repository;
    private final ImageFiles files;
    private final ImageDigests digests;

    public BundleCommands(Repository repository, ImageFiles files, ImageDigests digests) {
        this.repository = repository;
        this.files = files;
        this.digests = digests;
    }

    @Override
    public CommandResult handle(ImageCommand command, CommandContext context) {
        return switch (command) {
            case ImageCommand.SealBundle seal -> seal(seal, context);
            case ImageCommand.DropReference drop -> {
                repository.drop(drop.reference());
                yield new CommandResult.Completed();
            }
            case ImageCommand.DigestImage digest -> digests.digest(digest.reference(), context);
        };
    }

    private CommandResult seal(ImageCommand.SealBundle seal, CommandContext context) {
        context.progress(Phase.SEALING, ByteCount.ZERO, seal.manifest().logicalSize());
        ManifestId id = repository.seal(seal.reference(), seal.manifest());
        return new CommandResult.Sealed(id, files.size(seal.manifest()));
    }
}
