package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.References;
import cloud.stasis.image.blob.Slot;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.Optional;

/// Makes a bundle visible.
///
/// ```
/// check    everything that the manifest reaches is there
/// put      the manifest
/// pend     the reference names it, so that every collection that begins from now on keeps it; nobody sees it yet
/// look     has anything been condemned since the check?  if so, check again
/// become   the reference shows it, if it still says what was written by "pend"
/// ```
/// A seal that is stopped anywhere and goes on hours later is refused at the last step if anybody withdrew what it
/// had pending. So nothing that can be seen names what was removed, whoever sleeps how long.
final class Seal {
    /// How often a reference is tried to be set while others change it.
    private static final int ATTEMPTS = 8;

    /// For as long a proposal may keep a seal waiting: longer than a silent replica is waited for.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final StoreState state;
    private final SealCheck check;

    Seal(StoreState state, SealCheck check) {
        this.state = state;
        this.check = check;
    }

    /// @param isNew whether there must be nothing to see under that name yet
    /// @throws StasisException `STALE_GENERATION` if there is; `MISSING_OBJECT` and others of its kind if anything
    /// that the manifest reaches is not there
    ManifestId seal(ReferenceName name, Manifest manifest, boolean isNew) {
        if (manifest.kind() != name.kind()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the manifest is not of the kind of its reference");
        }
        byte[] bytes = ManifestCodec.encode(manifest);
        ManifestId id = ManifestCodec.id(bytes);
        long checked = requireWhole(manifest);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            References.Seen seen = state.references.look(name);
            Optional<ManifestId> visible = seen.slot().flatMap(Slot::manifest);
            if (isNew && visible.isPresent()) {
                throw changed(name);
            }
            if (visible.equals(Optional.of(id))) {
                putIfAbsent(id, bytes);
                return id;
            }
            try {
                // Who reads what is replaced still has a while.
                visible.ifPresent(old -> state.released.put(old, state.uptime.now()));
                show(seen, id, bytes, manifest, checked);
                return id;
            } catch (StasisException e) {
                if (e.code() != ErrorCode.STALE_GENERATION) {
                    throw e;
                }
                checked = requireWhole(manifest);
            }
        }
        throw changed(name);
    }

    private void show(References.Seen seen, ManifestId id, byte[] bytes, Manifest manifest, long checked) {
        ObjectName object = state.placeOf(id).orElseGet(() -> put(id, bytes));
        Slot pending = seen.slot()
                .map(slot -> slot.pend(id, state.clock.instant()))
                .orElseGet(() -> Slot.first(seen.name(), id, state.clock.instant()));
        References.Seen pended = state.references.set(seen, pending);
        try {
            UpkeepNote note = state.removal.read();
            boolean isChanged = note.revision() != checked;
            if (isChanged) {
                requireWhole(manifest);
            }
            // Another bundle with the same manifest may have gone: the check of the blobs knows nothing of that.
            if (note.condemned().contains(object) || isChanged && !state.store.exists(object)) {
                put(id, bytes);
            }
        } catch (StasisException e) {
            withdraw(pended, pending, e);
            throw e;
        }
        state.references.set(pended, pending.become(state.clock.instant()));
    }

    private void withdraw(References.Seen pended, Slot pending, StasisException why) {
        try {
            state.references.set(pended, pending.withdraw(state.clock.instant()));
        } catch (StasisException e) {
            // Somebody changed it, or the collector will.
            why.addSuppressed(e);
        }
    }

    /// @return the revision of the upkeep up to which this holds
    long requireWhole(Manifest manifest) {
        return requireWhole(() -> {
            for (Part part : manifest.parts()) {
                check.requireWhole(part.content());
            }
        });
    }

    void requireWhole(Content content) {
        requireWhole(() -> check.requireWhole(content));
    }

    private long requireWhole(Runnable checking) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long before = state.catalog.revision();
        try {
            checking.run();
            if (state.removal.read().revision() == before) {
                return before;
            }
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
        }
        // Another replica wrote, or removed, what this one has not seen yet.
        while (true) {
            state.catalog.refreshAfterMiss();
            long revision = state.catalog.revision();
            boolean proposed = state.catalog.isProposed();
            try {
                checking.run();
                return revision;
            } catch (StasisException e) {
                // What is only proposed may be pardoned, perhaps for this writer's sake; also if it was proposed while
                // this was checked.
                boolean unsettled = proposed || state.removal.read().revision() != revision;
                if (!StoreState.isDamage(e) || !unsettled || System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
            rest();
        }
    }

    private static void rest() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a seal was interrupted", e);
        }
    }

    private ObjectName put(ManifestId id, byte[] bytes) {
        ObjectName name = ObjectName.newManifest(id);
        state.store.put(name, bytes);
        state.remember(name);
        return name;
    }

    /// Puts a manifest again that a reference names and that is lost or damaged.
    void mend(Manifest manifest) {
        byte[] bytes = ManifestCodec.encode(manifest);
        putIfAbsent(ManifestCodec.id(bytes), bytes);
    }

    /// A damaged manifest is repaired by sealing again.
    private void putIfAbsent(ManifestId id, byte[] bytes) {
        try {
            state.manifest(id);
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
            put(id, bytes);
        }
    }

    private static StasisException changed(ReferenceName name) {
        return new StasisException(
                ErrorCode.STALE_GENERATION, "the reference " + name + " was set by somebody else in between");
    }
}
