package cloud.stasis.image.repository;

import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who is writing, and since when. What a writer put, or was told that it is there, since its lease began stays
/// until the lease ends: when its bundle is sealed or dropped, or when nothing was heard of the writer for too
/// long. A writer whose lease has ended is not trusted to know what is there: its seal is checked like any
/// other, and refused if something was collected.
///
/// Leases live in memory. After a restart everything in the store counts as used just now; other replicas are told
/// what of a proposal they cover, see [Replica].
final class Leases {
    /// More writers at once are a mistake or an attack.
    private static final int MOST = 10_000;

    /// Bases that one writer may build on: the disks of one machine, some tries each.
    private static final int MOST_HELD = 256;

    private static final class Lease {
        final Duration begun;
        Duration heard;
        final Set<Content> held = new HashSet<>();
        Optional<Brought> brought = Optional.empty();

        Lease(Duration begun) {
            this.begun = begun;
            this.heard = begun;
        }
    }

    private final Duration silence;
    private final Map<String, Lease> leases = new HashMap<>();

    Leases(Duration silence) {
        this.silence = silence;
    }

    /// The holder lives. Its lease begins if it had none.
    synchronized void renew(String holder, Duration now) {
        lease(holder, now).heard = now;
    }

    /// The holder builds on this content.
    synchronized void hold(String holder, Content content, Duration now) {
        Lease lease = lease(holder, now);
        if (lease.held.size() == MOST_HELD && !lease.held.contains(content)) {
            throw new StasisException(ErrorCode.TOO_BUSY, "one bundle builds on at most " + MOST_HELD + " contents");
        }
        lease.held.add(content);
    }

    /// What the holder has put, if that matters.
    synchronized Brought brought(String holder, Duration now) {
        Lease lease = lease(holder, now);
        Brought brought = lease.brought.orElseGet(Brought::new);
        lease.brought = Optional.of(brought);
        return brought;
    }

    /// It does not, after all.
    synchronized void letGo(String holder, Content content) {
        Lease lease = leases.get(holder);
        if (lease != null) {
            lease.held.remove(content);
        }
    }

    synchronized void end(String holder) {
        leases.remove(holder);
    }

    /// When the oldest lease began; `now` if there is none.
    synchronized Duration oldest(Duration now) {
        leases.values().removeIf(lease -> lease.heard.plus(silence).compareTo(now) < 0);
        return leases.values().stream()
                .map(lease -> lease.begun)
                .min(Duration::compareTo)
                .orElse(now);
    }

    /// What writers build on.
    synchronized List<Content> held() {
        List<Content> held = new ArrayList<>();
        leases.values().forEach(lease -> held.addAll(lease.held));
        return held;
    }

    private Lease lease(String holder, Duration now) {
        Lease lease = leases.get(holder);
        if (lease == null) {
            if (leases.size() == MOST) {
                throw new StasisException(ErrorCode.TOO_BUSY, "too many captures write to the store at once");
            }
            lease = new Lease(now);
            leases.put(holder, lease);
        }
        return lease;
    }
}
