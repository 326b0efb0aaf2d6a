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

/// Who is writing, and since when. What a writer put, or was told that it is there, since it began to stays until
/// the lease ends: when its bundle is sealed or dropped, or when nothing was heard of the writer for too long. Who
/// only holds contents, however long, keeps these and nothing else. A writer whose lease has ended is not trusted to
/// know what is there: its seal is checked like any other, and refused if something was collected.
///
/// Leases live in memory. After a restart everything in the store counts as used just now; other replicas are told
/// what of a proposal they cover, see [Replica].
final class Leases {
    /// More writers at once are a mistake or an attack.
    private static final int MOST = 10_000;

    /// Bases that one writer may build on: the disks of one machine, some tries each.
    private static final int MOST_HELD = 256;

    /// An eighth of the heap for what all of them have brought that may not be told what is there.
    private static final int BROUGHT_PART = 8;

    private static final class Lease {
        /// Since when it relies on more than what it holds.
        Optional<Duration> begun = Optional.empty();

        Duration heard;
        final Set<Content> held = new HashSet<>();
        Optional<Brought> brought = Optional.empty();

        Lease(Duration heard) {
            this.heard = heard;
        }
    }

    private final Duration silence;
    private final Brought.Room room = new Brought.Room(Runtime.getRuntime().maxMemory() / BROUGHT_PART);
    private final Map<String, Lease> leases = new HashMap<>();

    Leases(Duration silence) {
        this.silence = silence;
    }

    /// The holder puts something, or is told that it is there, and relies on that from now on.
    synchronized void use(String holder, Duration now) {
        Lease lease = lease(holder, now);
        lease.heard = now;
        if (lease.begun.isEmpty()) {
            lease.begun = Optional.of(now);
        }
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
        Brought brought = lease.brought.orElseGet(() -> new Brought(room));
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
        Lease lease = leases.remove(holder);
        if (lease != null) {
            lease.brought.ifPresent(Brought::close);
        }
    }

    /// When the first of the writers began to rely on what it was told; `now` if there is none.
    synchronized Duration oldest(Duration now) {
        leases.values().removeIf(lease -> {
            boolean isSilent = lease.heard.plus(silence).compareTo(now) < 0;
            if (isSilent) {
                lease.brought.ifPresent(Brought::close);
            }
            return isSilent;
        });
        return leases.values().stream()
                .flatMap(lease -> lease.begun.stream())
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
