package cloud.stasis.image.bundle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.CommandHandler;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.ova.OvaManifest;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.sync.Copies;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;
import java.util.HashMap;
import java.util.Map;

/// Carries out what is asked of the store.
public final class BundleCommands implements CommandHandler<ImageCommand> {
    private final Repository repository;
    private final ImageFiles files;
    private final ImageDigests digests;
    private final BundleTeller teller;
    private final Copies copies;
    private final ImageImports imports;
    private final Archives archives;

    public BundleCommands(
            Repository repository,
            ImageFiles files,
            ImageDigests digests,
            BundleTeller teller,
            Copies copies,
            ImageImports imports,
            Archives archives) {
        this.repository = repository;
        this.files = files;
        this.digests = digests;
        this.teller = teller;
        this.copies = copies;
        this.imports = imports;
        this.archives = archives;
    }

    @Override
    public CommandResult handle(ImageCommand command, CommandContext context) {
        return switch (command) {
            case ImageCommand.SealBundle seal -> seal(seal, context);
            case ImageCommand.DropReference drop -> {
                repository.drop(drop.reference());
                yield new CommandResult.Completed();
            }
            case ImageCommand.DescribeBundle describe -> {
                repository.reference(describe.reference()).ifPresent(known -> describe(describe, known));
                yield new CommandResult.Completed();
            }
            case ImageCommand.OpenArchive open -> archives.open(open.reference());
            case ImageCommand.DigestImage digest -> digests.digest(digest.reference(), context);
            case ImageCommand.ImportImage order -> imports.run(order, context);
            case ImageCommand.TellBundles tell -> teller.tell(tell, context);
            case ImageCommand.CopyBundles copy -> copies.run(copy, context);
            // Never gets here: whoever takes commands in stops the one that is meant.
            case ImageCommand.CancelWork _ -> new CommandResult.Completed();
        };
    }

    private CommandResult seal(ImageCommand.SealBundle seal, CommandContext context) {
        context.progress(Phase.SEALING, ByteCount.ZERO, seal.manifest().logicalSize());
        ManifestId id = repository.seal(seal.reference(), seal.manifest());
        return new CommandResult.Sealed(id, files.size(seal.manifest()));
    }

    private void describe(ImageCommand.DescribeBundle command, Reference known) {
        Manifest before = repository.manifest(known.manifest());
        Map<String, String> metadata = new HashMap<>(OvaManifest.ofMachine(before.metadata()));
        metadata.putAll(command.metadata());
        if (before.metadata().equals(metadata)) {
            return;
        }
        repository.seal(
                command.reference(),
                new Manifest(
                        before.version(),
                        before.kind(),
                        before.instance(),
                        before.takenAt(),
                        before.parent(),
                        before.parts(),
                        before.receipt(),
                        metadata));
    }
}
