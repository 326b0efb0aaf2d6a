package cloud.stasis.gateway.snapshot;

import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.Optional;

/// One snapshot, as read from its row.
///
/// @param asked what its tenant asked for; the receipt in the manifest says what it became
/// @param spec what the machine was made of
/// @param sealed what is in the store, once it is
/// @param protection whether it may be deleted
public record Snapshot(
        SnapshotId id,
        ProjectId project,
        UserId user,
        InstanceId instance,
        String name,
        Asked asked,
        SnapshotState state,
        Optional<SnapshotId> parent,
        InstanceSpec spec,
        Optional<SealedBundle> sealed,
        Occasion occasion,
        Protection protection,
        Instant createdAt,
        Instant updatedAt) {

    /// Characters, as the column has them.
    public static final int MAX_NAME = 255;

    public record Asked(MemoryChoice memory, Quiesce quiesce) {}

    /// Why it was taken.
    public sealed interface Occasion {}

    /// Its tenant asked for it.
    public record OnRequest() implements Occasion {}

    /// Its tenant asked for one instant of several servers, and this is one of them.
    public record OfInstant(InstantId instant) implements Occasion {}

    /// A revert was about to give up what the server was: its safety snapshot.
    ///
    /// @param power the state that the server was in
    public record BeforeRevert(PowerState power) implements Occasion {}

    /// It came with the archive of a machine.
    ///
    /// @param image that the archive was uploaded as; it may be gone
    public record Imported(ImageId image) implements Occasion {}

    public enum Protection {
        NONE,
        /// It is not deleted before this is taken back.
        PROTECTED
    }

    public record SealedBundle(ManifestId id, Manifest manifest) {}

    Snapshot in(SnapshotState next, Instant now) {
        return new Snapshot(
                id,
                project,
                user,
                instance,
                name,
                asked,
                next,
                parent,
                spec,
                sealed,
                occasion,
                protection,
                createdAt,
                now);
    }

    Snapshot holding(SealedBundle bundle, Instant now) {
        return new Snapshot(
                id,
                project,
                user,
                instance,
                name,
                asked,
                state,
                parent,
                spec,
                Optional.of(bundle),
                occasion,
                protection,
                createdAt,
                now);
    }

    /// With another parent.
    public Snapshot under(Optional<SnapshotId> next, Instant now) {
        return new Snapshot(
                id,
                project,
                user,
                instance,
                name,
                asked,
                state,
                next,
                spec,
                sealed,
                occasion,
                protection,
                createdAt,
                now);
    }

    Snapshot labelled(String text, Protection chosen, Instant now) {
        return new Snapshot(
                id, project, user, instance, text, asked, state, parent, spec, sealed, occasion, chosen, createdAt,
                now);
    }

    /// With what is known of the machine by now.
    Snapshot madeOf(InstanceSpec known, Instant now) {
        return new Snapshot(
                id,
                project,
                user,
                instance,
                name,
                asked,
                state,
                parent,
                known,
                sealed,
                occasion,
                protection,
                createdAt,
                now);
    }

    public boolean isImported() {
        return occasion instanceof Imported;
    }

    public boolean isSafety() {
        return occasion instanceof BeforeRevert;
    }

    /// The instant of several servers that it is of, if it is.
    public Optional<InstantId> instant() {
        return occasion instanceof OfInstant(InstantId shared) ? Optional.of(shared) : Optional.empty();
    }

    public boolean isProtected() {
        return protection == Protection.PROTECTED;
    }

    public boolean hasMemory() {
        return sealed.isPresent() && sealed.get().manifest().parts().stream().anyMatch(Part.Memory.class::isInstance);
    }

    /// What its capture sent to the store, compressed, if it told.
    Optional<ByteCount> sent() {
        return sealed.flatMap(bundle -> bundle.manifest().receipt()).map(receipt -> receipt.transfers().stream()
                .map(Receipt.Transfer::sent)
                .reduce(ByteCount.ZERO, ByteCount::plus));
    }

    boolean isWorkedOnBy(SagaId saga) {
        return state.worker().filter(saga::equals).isPresent();
    }
}
