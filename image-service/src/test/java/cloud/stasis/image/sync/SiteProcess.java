package cloud.stasis.image.sync;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.image.http.StoreServer;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.ImageCommand.CopyDirection;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Phase;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// The image service of a site in a process of its own. It serves its store, and does what a
/// command in its journal would have it do: `SiteProcess <directory> <port> [<direction>
/// <peer> <bundle> <bytes per second>]`. It says on its output how far it is.
final class SiteProcess {
    private SiteProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        StoreServer site = new StoreServer(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println("serving " + site.uri());
        if (arguments.length > 2) {
            ImageCommand.CopyBundles order = new ImageCommand.CopyBundles(
                    CopyDirection.valueOf(arguments[2]),
                    arguments[3],
                    BundleChoice.of(BundleNames.parse(arguments[4])),
                    ByteCount.ofBytes(Long.parseLong(arguments[5])),
                    Optional.empty());
            CommandResult.Copied copied =
                    new Copies(site.repository, site.peers, site::found).run(order, new Printing());
            System.out.println("copied " + copied.bundles() + " " + copied.blobs());
        }
        Thread.currentThread().join();
    }

    private static final class Printing implements CommandContext {
        @Override
        public CommandId id() {
            return new CommandId(new UUID(1, 2));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {
            System.out.println("done " + done.bytes());
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
