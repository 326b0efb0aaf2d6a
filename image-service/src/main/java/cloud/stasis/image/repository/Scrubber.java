package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.PackRemains;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
/// It looks under a lease of its own, since it takes long, and remembers in the store how far it is; what it takes
/// away it takes away as a collection does.
/// What is missing comes back with whoever puts it: a capture that asks what is missing, an upload of the same
/// image, a manifest that is sealed again. Bundles that shared it are whole again then.
public final class Scrubber {
    private static final Logger LOG = Logger.getLogger(Scrubber.class);

    /// For so long a scrub waits until no collection is at work.
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final ByteCount ANY = ByteCount.ofGib(1024);

    private final StoreState state;
    private final ScrubProgress progress;

    Scrubber(StoreState state) {
        this.state = state;
        this.progress = new ScrubProgress(state.store);
    }

    /// Finds what rotted, and changes nothing.
    ///
    /// @param most how many bytes to read in a second
    public ScrubReport verify(ByteCount most) {
        return run(new Pass(new Throttle(most), Optional.empty(), Optional.empty(), false));
    }

    /// Finds what rotted, and puts it into quarantine. Reads everything, however far the last one was.
    ///
    /// @param most how many bytes to read in a second
    /// @throws StasisException `TOO_BUSY` if another scrub is at work
    public ScrubReport scrub(ByteCount most) {
        try (UpkeepLease.Held held = state.scrubbing.acquire()) {
            return run(new Pass(new Throttle(most), Optional.of(held), Optional.empty(), true));
        }
    }

    /// The same if it is time: if the last one that read everything, of whichever replica, ended so long ago, or was
    /// cut off. Then it goes on where that one was.
    ///
    /// @return nothing if it is not time, or another replica does it
    public Optional<ScrubReport> scrubIfDue(Duration interval, ByteCount most) {
        if (!isDue(progress.read(), interval)) {
            return Optional.empty();
        }
        try (UpkeepLease.Held held = state.scrubbing.acquire()) {
            ScrubProgress.Said said = progress.read();
            // Another replica may have ended it in between.
            return isDue(said, interval)
                    ? Optional.of(run(new Pass(new Throttle(most), Optional.of(held), said.cursor(), true)))
                    : Optional.empty();
        } catch (StasisException e) {
            if (e.code() != ErrorCode.TOO_BUSY && e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            LOG.infof(
                    "The scrub is left to another replica, or to later reason=%s",
                    e.report().message());
            return Optional.empty();
        }
    }

    private boolean isDue(ScrubProgress.Said said, Duration interval) {
        return said.isDue(state.clock.instant(), interval);
    }

    /// Looks at one pack now, and puts what is damaged into quarantine.
    ///
    /// @return whether anything was
    boolean examine(ObjectName pack) {
        Pass pass = new Pass(new Throttle(ANY), Optional.empty(), Optional.empty(), true);
        pass.checked(pack, state.directory.sizeOf(pack));
        return !pass.damages.isEmpty();
    }

    private ScrubReport run(Pass pass) {
        ScrubReport report = pass.run();
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

    private record Listed(ObjectName name, ByteCount size) {}

    private final class Pass {
        private final Throttle throttle;
        private final Optional<UpkeepLease.Held> held;
        private final Optional<Digest> cursor;
        private final boolean repairing;
        private final List<Damage> damages = new ArrayList<>();
        private final Set<Digest> lost = new HashSet<>();
        private long objects;
        private long read;
        private long savedNanos = System.nanoTime();

        /// @param held if it is to be remembered how far it is
        /// @param cursor packs up to this one were read before
        Pass(Throttle throttle, Optional<UpkeepLease.Held> held, Optional<Digest> cursor, boolean repairing) {
            this.throttle = throttle;
            this.held = held;
            this.cursor = cursor;
            this.repairing = repairing;
        }

        ScrubReport run() {
            long begin = System.nanoTime();
            state.store.list(ObjectName.Kind.MANIFEST, this::checked);
            for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
                state.references.names(kind).forEach(this::reference);
            }
            packs();
            held.ifPresent(holder -> progress.write(
                    holder, new ScrubProgress.Said(Optional.of(state.clock.instant()), Optional.empty())));
            return new ScrubReport(
                    objects,
                    ByteCount.ofBytes(read),
                    damages,
                    // In quarantine they are missing anyway, unless they were found elsewhere.
                    new Wholeness(state, repairing ? Set.of() : lost).affected(),
                    Duration.ofNanos(System.nanoTime() - begin));
        }

        /// In the order of their names, so that a name says how far it is.
        private void packs() {
            List<Listed> packs = new ArrayList<>();
            state.store.list(ObjectName.Kind.PACK, (name, size) -> {
                if (cursor.isEmpty() || name.digest().compareTo(cursor.get()) > 0) {
                    packs.add(new Listed(name, size));
                }
            });
            packs.sort(Comparator.comparing(listed -> listed.name.digest()));
            for (int at = 0; at < packs.size(); at++) {
                checked(packs.get(at).name, packs.get(at).size);
                Digest done = packs.get(at).name.digest();
                boolean isLastOfItsName = at + 1 == packs.size()
                        || !packs.get(at + 1).name.digest().equals(done);
                if (isLastOfItsName) {
                    save(done);
                }
            }
        }

        private void save(Digest done) {
            if (held.isPresent()
                    && System.nanoTime() - savedNanos >= state.pace.beat().toNanos()) {
                progress.write(
                        held.get(), new ScrubProgress.Said(progress.read().completed(), Optional.of(done)));
                savedNanos = System.nanoTime();
            }
        }

        /// What cannot be read as what its name says goes into quarantine; what is gone by now is fine.
        void checked(ObjectName name, ByteCount size) {
            throttle.pass(size);
            try {
                switch (name.kind()) {
                    case MANIFEST -> manifest(name);
                    case PACK -> pack(name, size);
                }
                objects++;
                read += size.bytes();
            } catch (StasisException e) {
                if (e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                    throw e;
                }
            }
        }

        private void found(String object, String what) {
            LOG.errorf("Damaged object=%s what=%s", object, what);
            damages.add(new Damage(object, what));
        }

        private void manifest(ObjectName name) {
            try {
                ManifestCodec.decode(state.store.get(name, ManifestCodec.MAX_SIZE));
            } catch (StasisException e) {
                found(name.toString(), requireCorrupt(e));
                quarantine(name, List.of());
            }
        }

        /// One that is damaged stays where it is: it says that something was named, so nothing is collected.
        private void reference(ReferenceName name) {
            try {
                state.references.slot(name);
            } catch (StasisException e) {
                found("reference " + name, requireCorrupt(e));
            }
        }

        private static String requireCorrupt(StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
            return e.report().message();
        }

        private void pack(ObjectName name, ByteCount size) {
            Pack pack;
            List<PackEntry> entries;
            try {
                pack = new Pack(name.digest(), state.store.get(name, ByteCount.ofBytes(Pack.MAX_BYTES)));
                entries = pack.entries();
            } catch (StasisException e) {
                withoutDirectory(name, size, requireCorrupt(e));
                return;
            }
            withDirectory(name, pack, entries);
        }

        private void withDirectory(ObjectName name, Pack pack, List<PackEntry> entries) {
            byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];
            List<PackEntry> good = new ArrayList<>();
            List<PackEntry> bad = new ArrayList<>();
            for (PackEntry entry : entries) {
                (isGood(() -> pack.verify(entry, plain)) ? good : bad).add(entry);
            }
            if (!bad.isEmpty()) {
                bad.forEach(entry -> lost.add(entry.digest()));
                found(name.toString(), bad.size() + " of " + (good.size() + bad.size()) + " blobs are damaged");
                Remains remains = new Remains();
                good.forEach(entry -> remains.add(entry, pack.blob(entry)));
                quarantine(name, remains.packs());
            }
        }

        /// The places of its blobs are known here, or can be made out: each whose hash is right is saved.
        private void withoutDirectory(ObjectName name, ByteCount size, String damage) {
            Remains remains = new Remains();
            for (PackEntry entry : state.directory.entries(name)) {
                boolean isGood = isGood(() -> {
                    StoredBlob blob = state.read(name, entry);
                    blob.decode(entry.digest());
                    remains.add(entry, blob);
                });
                if (!isGood) {
                    lost.add(entry.digest());
                }
            }
            isGood(() -> {
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size.bytes(), Pack.MAX_BYTES));
                state.store.read(name, 0, bytes);
                Pack pack = new Pack(name.digest(), bytes.array());
                PackRemains.of(bytes.array()).forEach(entry -> remains.add(entry, pack.blob(entry)));
            });
            found(name.toString(), damage + "; " + remains.count() + " of its blobs are saved");
            quarantine(name, remains.packs());
        }

        private static boolean isGood(Runnable reading) {
            try {
                reading.run();
                return true;
            } catch (StasisException e) {
                if (e.kind() != ErrorKind.CORRUPT) {
                    throw e;
                }
                return false;
            }
        }

        private void quarantine(ObjectName name, List<Pack> rescued) {
            if (!repairing) {
                return;
            }
            try (UpkeepLease.Held remover = acquire()) {
                for (Pack pack : rescued) {
                    ObjectName replacement = ObjectName.newPack(pack.name());
                    state.store.put(replacement, pack.bytes());
                    state.directory.add(
                            replacement, ByteCount.ofBytes(pack.bytes().length), pack.entries(), state.uptime.now());
                }
                // A blob of it that lies in another pack too is found there from now on.
                remover.sentence(List.of(name), UpkeepNote.Way.QUARANTINE);
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

    /// What is left of a pack.
    private static final class Remains {
        private final Map<Digest, PackEntry> entries = new LinkedHashMap<>();
        private final Map<Digest, StoredBlob> blobs = new HashMap<>();

        void add(PackEntry entry, StoredBlob blob) {
            entries.putIfAbsent(entry.digest(), entry);
            blobs.putIfAbsent(entry.digest(), blob);
        }

        int count() {
            return entries.size();
        }

        List<Pack> packs() {
            if (entries.isEmpty()) {
                return List.of();
            }
            try (PackBuilder builder = new PackBuilder()) {
                entries.values()
                        .forEach(entry -> builder.addStored(
                                entry.kind(), entry.digest(), Objects.requireNonNull(blobs.get(entry.digest()))));
                return List.of(builder.build());
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
