package cloud.stasis.gateway.catalog;

import cloud.stasis.gateway.audit.AuditLine;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageDescription;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.ImageTable;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.gateway.snapshot.SnapshotDescription;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.snapshot.SnapshotState;
import cloud.stasis.gateway.state.StateBackups;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.Fact;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StateBackupId;
import cloud.stasis.model.UserId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Enters bundles that a store tells of. One that is known already stays as it is; one that makes no sense is left
/// out, and logged: it is no reason to stop for the others.
public final class BundleCatalog {
    private static final Logger LOG = Logger.getLogger(BundleCatalog.class);

    /// Who took a snapshot is not kept in it.
    private static final UserId NOBODY = new UserId("adopted");

    private final ImageTable images;
    private final SnapshotRows snapshots;
    private final Owners owners;
    private final StateBackups states;
    private final Clock clock;

    public BundleCatalog(
            ImageTable images, SnapshotRows snapshots, Projects projects, StateBackups states, Clock clock) {
        this.images = images;
        this.snapshots = snapshots;
        this.owners = new Owners(projects);
        this.states = states;
        this.clock = clock;
    }

    /// Must be called within a transaction.
    public void found(Fact.BundleFound found) {
        try {
            switch (found.reference().kind()) {
                case IMAGE -> image(found, new ImageId(found.reference().id()));
                case SNAPSHOT ->
                    snapshot(found, new SnapshotId(found.reference().id()));
                case STATE -> states.found(new StateBackupId(found.reference().id()), found.manifest());
            }
        } catch (StasisException e) {
            if (e.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw e;
            }
            LOG.errorf(e, "A bundle of the store is not entered bundle=%s code=%s", found.reference(), e.code());
        }
    }

    private void image(Fact.BundleFound found, ImageId id) {
        if (images.find(id).isPresent()) {
            return;
        }
        ProjectId owner = owners.of(found.manifest(), found.assigned());
        images.add(ImageDescription.read(
                id, owner, found.manifest(), found.fileSize(), found.assigned().isEmpty(), clock.instant()));
        entered("image/" + id, owner, found);
    }

    private void snapshot(Fact.BundleFound found, SnapshotId id) {
        if (snapshots.find(id).isPresent()) {
            return;
        }
        Manifest manifest = found.manifest();
        if (manifest.instance().isEmpty()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the snapshot does not say of what server it is");
        }
        ProjectId owner = owners.of(manifest, found.assigned());
        InstanceSpec spec = SnapshotDescription.spec(manifest, image -> file(owner, image));
        boolean hasMemory = manifest.parts().stream().anyMatch(Part.Memory.class::isInstance);
        snapshots.add(new Snapshot(
                id,
                owner,
                NOBODY,
                manifest.instance().get(),
                SnapshotDescription.name(manifest),
                new Asked(
                        hasMemory ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY,
                        manifest.receipt().map(Receipt::asked).orElse(Quiesce.NONE)),
                new SnapshotState.Available(),
                SnapshotDescription.parent(manifest),
                spec,
                Optional.of(new SealedBundle(found.id(), manifest)),
                SnapshotDescription.occasion(manifest),
                Snapshot.Protection.NONE,
                manifest.takenAt(),
                clock.instant()));
        entered("snapshot/" + id, owner, found);
    }

    /// Nobody asks for what another site brings.
    private static void entered(String made, ProjectId owner, Fact.BundleFound found) {
        new AuditLine(
                        "BUNDLE " + found.reference(),
                        Optional.of("enter"),
                        new AuditLine.Who(Optional.empty(), Optional.of(owner.value()), List.of(), Optional.empty()),
                        List.of(made),
                        found.assigned().isPresent() ? "peer" : "store",
                        "entered",
                        "",
                        Optional.empty())
                .write();
    }

    /// The bytes of an image that this project may use.
    private Optional<Content> file(ProjectId owner, String id) {
        return images.find(ImageId.parse(id))
                .map(Image::toRecord)
                .filter(image -> image.isFor(owner))
                .flatMap(ImageRecord::file)
                .map(Part.File::content);
    }
}
