package cloud.stasis.gateway.image;

import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How imports end. Every method must be called within a transaction.
public final class Imports {
    /// The image API's words for how an import goes, which clients wait for: the stores that it is under way to, and
    /// those where it failed. Both are empty at a good end.
    private static final String UNDER_WAY = "os_glance_importing_to_stores";

    private static final String FAILED = "os_glance_failed_import";

    /// The one store that there is, by the image API.
    public static final String STORE = "stasis";

    private final ImageTable table;
    private final StorageQuota quota;
    private final ArchiveImport archives;
    private final Clock clock;

    public Imports(ImageTable table, StorageQuota quota, ArchiveImport archives, Clock clock) {
        this.table = table;
        this.quota = quota;
        this.archives = archives;
        this.clock = clock;
    }

    boolean isWanted(ImageId id) {
        return table.find(id).isPresent();
    }

    /// @param fetched what came, unless it was staged before
    /// @param sender who asked for it
    /// @return false if the image was deleted meanwhile, so that its bundle has to go
    boolean succeeded(ImageId id, Optional<CommandResult.Imported> fetched, ArchiveImport.Sender sender) {
        Optional<Image> image = table.lock(id);
        if (image.isPresent() && image.get().state() instanceof ImageState.Importing importing) {
            ImageContent content = fetched.map(Imports::content)
                    .or(importing::staged)
                    .orElseThrow(() -> new IllegalStateException("nothing was imported"));
            Image active = ended(image.get(), clock.instant()).in(importing.toActive(content), clock.instant());
            table.change(active);
            if (active.toRecord().isMachine()) {
                archives.arrived(active.toRecord(), sender);
            }
        }
        return image.isPresent();
    }

    void failed(ImageId id) {
        table.lock(id).ifPresent(image -> {
            if (image.state() instanceof ImageState.Importing importing) {
                table.change(told(image, "", STORE, clock.instant()).in(importing.back(), clock.instant()));
                if (importing.staged().isEmpty()) {
                    quota.release(ReferenceName.of(id));
                }
            }
        });
    }

    /// An image whose import begins.
    static Image begun(Image image, Instant now) {
        return told(image, STORE, "", now);
    }

    /// One whose import has come to a good end.
    static Image ended(Image image, Instant now) {
        return told(image, "", "", now);
    }

    private static Image told(Image image, String underWay, String failed, Instant now) {
        Map<String, String> properties = new TreeMap<>(image.details().properties());
        properties.put(UNDER_WAY, underWay);
        properties.put(FAILED, failed);
        return image.with(image.details().withProperties(properties), now);
    }

    private static ImageContent content(CommandResult.Imported came) {
        return new ImageContent(
                came.size(),
                Optional.of(came.virtualSize()),
                Optional.of(new Checksums(came.md5(), came.sha512())),
                came.parts());
    }
}
