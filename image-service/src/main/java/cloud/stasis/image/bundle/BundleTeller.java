package cloud.stasis.image.bundle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.bus.FactPublisher;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.sync.Announcer;
import cloud.stasis.image.sync.LocalSite;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Tells the gateway which bundles there are. A bundle that is damaged is left out, and logged.
public final class BundleTeller implements Announcer {
    private static final Logger LOG = Logger.getLogger(BundleTeller.class);

    private final Repository repository;
    private final ImageFiles files;
    private final FactPublisher facts;

    public BundleTeller(Repository repository, ImageFiles files, FactPublisher facts) {
        this.repository = repository;
        this.files = files;
        this.facts = facts;
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` if bundles were named and one of them is not there
    CommandResult tell(ImageCommand.TellBundles command, CommandContext context) {
        Map<ReferenceName, ByteCount> meant = new LocalSite(repository).chosen(command.choice());
        ByteCount total = meant.values().stream().reduce(ByteCount.ZERO, ByteCount::plus);
        ByteCount told = ByteCount.ZERO;
        for (Map.Entry<ReferenceName, ByteCount> bundle : meant.entrySet()) {
            context.checkCancelled();
            context.progress(Phase.SETTLING, told, total);
            found(command.key(), bundle.getKey(), command.assigned());
            told = told.plus(bundle.getValue());
        }
        return new CommandResult.Completed();
    }

    @Override
    public void found(String key, ReferenceName bundle, Optional<ProjectId> assigned) {
        try {
            Optional<Reference> reference = repository.reference(bundle);
            if (reference.isPresent()) {
                Manifest manifest = repository.manifest(reference.get().manifest());
                facts.publish(
                        new Fact.BundleFound(
                                key, bundle, reference.get().manifest(), manifest, files.size(manifest), assigned),
                        "");
            }
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT && e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                throw e;
            }
            LOG.errorf("A damaged bundle is not told of bundle=%s code=%s", bundle, e.code());
        }
    }
}
