package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Claim.Mode;
import cloud.stasis.gateway.volume.Claim.Stage;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Who outside of this cloud says to have which volume. Each method that changes something is one transaction;
/// it locks the volume first. A volume that a server of this cloud has cannot be claimed, nor taken from it
/// here.
public final class Claims {
    private static final String WHAT = "Attachment";

    private final Transactions transactions;
    private final Volumes volumes;
    private final Shelf<Claim> claims;
    private final Clock clock;

    public Claims(Transactions transactions, Volumes volumes, Shelf<Claim> claims, Clock clock) {
        this.transactions = transactions;
        this.volumes = volumes;
        this.claims = claims;
        this.clock = clock;
    }

    public record NewClaim(
            VolumeId volume, Optional<String> server, Optional<String> host, Optional<String> place, Mode mode) {}

    /// @throws StasisException `INVALID_REQUEST` unless the volume is available or reserved
    public Claim make(Caller caller, NewClaim asked, Stage stage) {
        return transactions.call(() -> {
            Volume volume = volumes.lockVisible(caller, asked.volume());
            boolean free = volume.state() instanceof VolumeState.Available
                    || volume.state().equals(new VolumeState.Marked("attaching"));
            if (!free) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid volume: Volume " + asked.volume() + " status must be available or downloading to"
                                + " reserve, but the current status is "
                                + volume.state().status() + ".");
            }
            Claim claim = new Claim(
                    UUID.randomUUID(),
                    volume.project(),
                    asked.volume(),
                    asked.server(),
                    asked.host(),
                    asked.place(),
                    asked.mode(),
                    stage,
                    clock.instant());
            claims.add(claim);
            mark(volume, word(stage));
            return claim;
        });
    }

    private static String word(Stage stage) {
        return switch (stage) {
            case RESERVED -> "reserved";
            case ATTACHING -> "attaching";
            case ATTACHED -> "in-use";
        };
    }

    private void mark(Volume volume, String word) {
        volumes.save(volume.in(new VolumeState.Marked(word), clock.instant()));
    }

    public Claim advance(Caller caller, UUID key, Stage stage, Optional<String> host) {
        return transactions.call(() -> {
            VolumeId id = claims.visible(caller, key, WHAT).volume();
            Volume volume = volumes.lockVisible(caller, id);
            Claim next = claims.lockVisible(caller, key, WHAT).at(stage, host);
            claims.save(next);
            mark(volume, word(stage));
            return next;
        });
    }

    public Claim show(Caller caller, UUID key) {
        return claims.visible(caller, key, WHAT);
    }

    public List<Claim> list(Caller caller, Shelf.Scope scope) {
        return claims.visible(caller, scope);
    }

    public List<Claim> of(VolumeId volume) {
        return claims.of(volume);
    }

    public void remove(Caller caller, UUID key) {
        transactions.run(() -> {
            VolumeId id = claims.visible(caller, key, WHAT).volume();
            release(volumes.lockVisible(caller, id), Optional.of(key));
        });
    }

    /// Forgets one claim on a volume, or all. With the last one the volume is available, also if it was said to be in
    /// error in between.
    ///
    /// @throws StasisException `WRONG_STATE` if a server of this cloud has it
    public void release(Caller caller, VolumeId id, Optional<UUID> key) {
        transactions.run(() -> release(volumes.lockVisible(caller, id), key));
    }

    private void release(Volume volume, Optional<UUID> key) {
        if (volume.state().attached().isPresent()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Volume " + volume.id() + " is attached to a server: detach it with the compute API.");
        }
        List<Claim> all = claims.of(volume.id());
        all.stream()
                .filter(claim -> key.map(claim.key()::equals).orElse(true))
                .forEach(claim -> claims.remove(claim.key()));
        boolean last =
                all.stream().allMatch(claim -> key.map(claim.key()::equals).orElse(true));
        boolean wasClaimed = volume.state() instanceof VolumeState.Marked
                || volume.state() instanceof VolumeState.Failed && !all.isEmpty();
        if (last && wasClaimed) {
            volumes.save(volume.in(new VolumeState.Available(), clock.instant()));
        }
    }

    /// Says that a claimed volume is about to be let go, or no longer is.
    ///
    /// @throws StasisException `INVALID_REQUEST` unless it is in the state before
    public void turn(Caller caller, VolumeId id, String from, String to) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            if (!volume.state().equals(new VolumeState.Marked(from))) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid volume: Unable to update attachment. Volume status must be '" + from
                                + "', and it must not be attached to a server of this cloud.");
            }
            mark(volume, to);
        });
    }
}
