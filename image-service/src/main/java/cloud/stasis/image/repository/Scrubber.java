package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/// Reads everything and finds what rotted, beside everybody else's work.
///
/// ```
/// each manifest, each reference   damaged?  reported; a manifest goes into quarantine
/// each pack, each blob of it      damaged?  reported; what is left of the pack is written anew, and the pack goes
///                                           into quarantine: what it lost is missing from now on
/// each bundle                     is anything missing under it?  reported
/// ```
/// It looks under a lease of its own, since it takes long; what it takes away it takes away as a collection does.
/// What is missing comes back with whoever puts it: a capture that asks what is missing, an upload of the same
/// image, a manifest that is sealed again. Bundles that shared it are whole again then.
public final class Scrubber {
    private static final Logger LOG = Logger.getLogger(Scrubber.class);

    /// For so long a scrub waits until no collection is at work.
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final StoreState state;

    Scrubber(StoreState state) {
        this.state = state;
    }

    /// Finds what rotted, and changes nothing.
    ///
    /// @param most how many bytes to read in a second
    public ScrubReport verify(ByteCount most) {
        return run(new Pass(new Throttle(most), false));
    }

    /// Finds what rotted, and puts it into quarantine.
    ///
    /// @param most how many bytes to read in a second
    /// @throws StasisException `TOO_BUSY` if another scrub is at work
    public ScrubReport scrub(ByteCount most) {
        try (UpkeepLease.Held _ = state.scrubbing.acquire()) {
            return run(new Pass(new Throttle(most), true));
        }
    }

    private ScrubReport run(Pass pass) {
        ScrubReport report = pass.run();
        report.damages().forEach(damage -> LOG.errorf("Damaged object=%s what=%s", damage.object(), damage.what()));
        report.affected()
                .forEach(one -> LOG.errorf(
                        "A bundle is not whole bundle=%s part=%s missing=%s", one.bundle(), one.part(), one.missing()));
        LOG.infof(
                "Scrubbed objects=%s bytes=%s damaged=%s affected=%s tookMillis=%s",
                report.objects(),
                report.read().bytes(),
                report.damages().size(),
                report.affected().size(),
                report.took().toMillis());
        return report;
    }

    private final class Pass {
        private final Throttle throttle;
        private final boolean repairing;
        private final List<Damage> damages = new ArrayList<>();
        private final Set<Digest> lost = new HashSet<>();
        private long objects;
        private long read;

        Pass(Throttle throttle, boolean repairing) {
            this.throttle = throttle;
            this.repairing = repairing;
        }

        ScrubReport run() {
            long begin = System.nanoTime();
            state.store.list(ObjectName.Kind.MANIFEST, (name, size) -> checked(name, size, () -> manifest(name)));
            for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
                state.references.names(kind).forEach(this::reference);
            }
            state.store.list(ObjectName.Kind.PACK, (name, size) -> checked(name, size, () -> pack(name)));
            return new ScrubReport(
                    objects,
                    ByteCount.ofBytes(read),
                    damages,
                    // In quarantine they are missing anyway, unless they were found elsewhere.
                    new Wholeness(state, repairing ? Set.of() : lost).affected(),
                    Duration.ofNanos(System.nanoTime() - begin));
        }

        /// What cannot be read as what its name says goes into quarantine; what is gone by now is fine.
        private void checked(ObjectName name, ByteCount size, Runnable check) {
            throttle.pass(size);
            try {
                check.run();
                objects++;
                read += size.bytes();
            } catch (StasisException e) {
                if (e.code() == ErrorCode.OBJECT_NOT_FOUND) {
                    return;
                }
                if (!StoreState.isDamage(e)) {
                    throw e;
                }
                damages.add(new Damage(name.toString(), e.report().message()));
                quarantine(name, List.of());
            }
        }

        private void manifest(ObjectName name) {
            ManifestCodec.decode(state.store.get(name, ManifestCodec.MAX_SIZE));
        }

        private void reference(ReferenceName name) {
            try {
                state.references.slot(name);
            } catch (StasisException e) {
                if (!StoreState.isDamage(e)) {
                    throw e;
                }
                damages.add(new Damage("reference " + name, e.report().message()));
            }
        }

        private void pack(ObjectName name) {
            Pack pack = new Pack(name.digest(), state.store.get(name, ByteCount.ofBytes(Pack.MAX_BYTES)));
            byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];
            List<PackEntry> good = new ArrayList<>();
            List<PackEntry> bad = new ArrayList<>();
            for (PackEntry entry : pack.entries()) {
                (isGood(pack, entry, plain) ? good : bad).add(entry);
            }
            if (!bad.isEmpty()) {
                bad.forEach(entry -> lost.add(entry.digest()));
                damages.add(new Damage(
                        name.toString(), bad.size() + " of " + (good.size() + bad.size()) + " blobs are damaged"));
                quarantine(name, rescued(pack, good));
            }
        }

        private static boolean isGood(Pack pack, PackEntry entry, byte[] plain) {
            try {
                pack.verify(entry, plain);
                return true;
            } catch (StasisException e) {
                if (!StoreState.isDamage(e)) {
                    throw e;
                }
                return false;
            }
        }

        private List<Pack> rescued(Pack pack, List<PackEntry> good) {
            if (good.isEmpty() || !repairing) {
                return List.of();
            }
            try (PackBuilder builder = new PackBuilder()) {
                good.forEach(entry -> builder.addStored(entry.kind(), entry.digest(), pack.blob(entry)));
                return List.of(builder.build());
            }
        }

        private void quarantine(ObjectName name, List<Pack> rescued) {
            if (!repairing) {
                return;
            }
            try (UpkeepLease.Held held = acquire()) {
                for (Pack pack : rescued) {
                    ObjectName replacement = ObjectName.newPack(pack.name());
                    state.store.put(replacement, pack.bytes());
                    state.directory.add(
                            replacement, ByteCount.ofBytes(pack.bytes().length), pack.entries(), state.uptime.now());
                }
                // A blob of it that lies in another pack too is found there from now on.
                held.sentence(List.of(name), UpkeepNote.Way.QUARANTINE);
            }
        }

        private UpkeepLease.Held acquire() {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                try {
                    return state.removing.acquire();
                } catch (StasisException e) {
                    if (e.code() != ErrorCode.TOO_BUSY || System.nanoTime() - deadline > 0) {
                        throw e;
                    }
                }
                pause(PAUSE);
            }
        }
    }

    /// Spreads reading over time.
    private static final class Throttle {
        private final ByteCount most;
        private final long begin = System.nanoTime();
        private long passed;

        Throttle(ByteCount most) {
            this.most = most;
        }

        void pass(ByteCount bytes) {
            passed += bytes.bytes();
            Duration due = Duration.ofNanos((long) (passed * 1e9 / Math.max(1, most.bytes())));
            Duration ahead = due.minusNanos(System.nanoTime() - begin);
            if (ahead.isPositive()) {
                pause(ahead);
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a scrub was interrupted", e);
        }
    }
}
