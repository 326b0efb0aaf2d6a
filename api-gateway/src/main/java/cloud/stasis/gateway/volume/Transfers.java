package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.VolumeQuota.Demand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Volumes that change their owner. Each method that changes something is one transaction.
public final class Transfers {
    private static final String WHAT = "Transfer";
    private static final VolumeState OFFERED = new VolumeState.Marked("awaiting-transfer");
    private static final int KEY_BYTES = 16;

    private final Transactions transactions;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final Shelf<Transfer> transfers;
    private final VolumeQuota quota;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public Transfers(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            Shelf<Transfer> transfers,
            VolumeQuota quota,
            Clock clock) {
        this.transactions = transactions;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.transfers = transfers;
        this.quota = quota;
        this.clock = clock;
    }

    /// @param secret tells whoever knows it that it is meant for him
    public record Offer(Transfer transfer, String secret) {
        @Override
        public String toString() {
            return "Offer[" + transfer.key() + "]";
        }
    }

    /// @throws StasisException `INVALID_REQUEST` unless the volume is available
    public Offer offer(Caller caller, VolumeId id, Optional<String> name, Transfer.Snapshots with) {
        return transactions.call(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            if (!(volume.state() instanceof VolumeState.Available)) {
                throw invalid("Invalid volume: status must be available, it is "
                        + volume.state().status() + ".");
            }
            byte[] bytes = new byte[KEY_BYTES];
            random.nextBytes(bytes);
            String secret = HexFormat.of().formatHex(bytes);
            Transfer transfer =
                    new Transfer(UUID.randomUUID(), volume.project(), id, name, proof(secret), with, clock.instant());
            transfers.add(transfer);
            volumes.save(volume.in(OFFERED, clock.instant()));
            return new Offer(transfer, secret);
        });
    }

    public Transfer show(Caller caller, UUID key) {
        return transfers.visible(caller, key, WHAT);
    }

    public List<Transfer> list(Caller caller, Shelf.Scope scope) {
        return transfers.visible(caller, scope);
    }

    public void withdraw(Caller caller, UUID key) {
        transactions.run(() -> {
            VolumeId id = transfers.visible(caller, key, WHAT).volume();
            volumes.lock(id)
                    .filter(volume -> volume.state().equals(OFFERED))
                    .ifPresent(volume -> volumes.save(volume.in(new VolumeState.Available(), clock.instant())));
            transfers.lockVisible(caller, key, WHAT);
            transfers.remove(key);
        });
    }

    /// The volume is the caller's from now on, with its snapshots if they were offered too.
    ///
    /// @throws StasisException `INVALID_REQUEST` for another key; `QUOTA_EXCEEDED` of the caller's
    public Transfer accept(Caller caller, UUID key, String secret) {
        return transactions.call(() -> {
            Transfer transfer = transfers.find(key).orElseThrow(() -> gone(key));
            if (!MessageDigest.isEqual(bytes(transfer.proof()), bytes(proof(secret)))) {
                throw invalid("Invalid auth key: Attempt to transfer " + key + " with invalid auth key.");
            }
            Volume offered = volumes.find(transfer.volume()).orElseThrow(() -> gone(key));
            quota.require(caller.project(), brought(offered, transfer.snapshots()));
            Volume volume = volumes.lock(transfer.volume())
                    .filter(found -> found.state().equals(OFFERED))
                    .orElseThrow(() -> gone(key));
            Transfer taken = transfers.lock(key).orElseThrow(() -> gone(key));
            volumes.save(volume.ownedBy(caller.project(), caller.user(), clock.instant())
                    .in(new VolumeState.Available(), clock.instant()));
            if (transfer.snapshots() == Transfer.Snapshots.WITH) {
                snapshots
                        .lockAllOf(volume.id())
                        .forEach(snapshot ->
                                snapshots.save(snapshot.ownedBy(caller.project(), caller.user(), clock.instant())));
            }
            transfers.remove(key);
            return taken;
        });
    }

    /// No snapshot is taken of a volume that is offered, so what is counted before its rows are locked is the most.
    private Demand brought(Volume offered, Transfer.Snapshots with) {
        Demand own = Demand.volume(offered.nature().type(), offered.size());
        return with == Transfer.Snapshots.WITH
                ? own.plus(Demand.snapshots(offered.nature().type(), snapshots.of(offered.id())))
                : own;
    }

    private static StasisException gone(UUID key) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Transfer " + key + " could not be found.");
    }

    private static String proof(String secret) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(secret)));
        } catch (NoSuchAlgorithmException e) {
            throw new StasisException(ErrorCode.INTERNAL, "there is no SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
