package cloud.stasis.image.repository;

import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/// This process among those that have the store open. It says now and then that it lives, and answers when the
/// upkeep proposes to remove something: what of it its writers were told is there, or its readers still read.
///
/// A replica that the others gave up finds out with its next beat, and comes back under another name. What its
/// writers rely on was perhaps removed meanwhile; the seal finds that out.
final class Replica {
    private static final Logger LOG = Logger.getLogger(Replica.class);

    private final StoreState state;
    private volatile UUID id = UUID.randomUUID();
    private Optional<byte[]> posted = Optional.empty();
    private ReplicaNote note = ReplicaNote.joining(0);
    private volatile int others;

    Replica(StoreState state) {
        this.state = state;
    }

    UUID id() {
        return id;
    }

    /// How many other replicas were alive at the last beat.
    int others() {
        return others;
    }

    /// Counts from now on. The directory is read afterwards, so that it is in step with what was removed before.
    synchronized void join() {
        id = UUID.randomUUID();
        posted = Optional.empty();
        post(ReplicaNote.joining(state.removal.read().revision()));
        others = countOthers();
    }

    /// A sign of life, and an answer if one is wanted.
    synchronized void beat() {
        others = countOthers();
        UpkeepNote upkeep = state.removal.read();
        if (upkeep.revision() > note.seen()) {
            answer(upkeep);
        } else {
            postOrComeBack(note.beaten());
        }
    }

    synchronized void leave() {
        if (posted.isPresent()) {
            state.store.dropNote(name(id));
            posted = Optional.empty();
        }
    }

    /// Acts on what the upkeep wants. From then on nobody is told that something condemned is there.
    synchronized ReplicaNote answer(UpkeepNote upkeep) {
        Duration horizon = state.horizon();
        if (upkeep.isHeldBy(id)) {
            state.catalog.apply(upkeep);
        } else {
            state.catalog.refresh();
        }
        // Not before: a refresh that had read what the upkeep said before may have taken back what is condemned, and
        // somebody may have been told until then that it is there.
        List<ObjectName> needs =
                upkeep.phase() == UpkeepNote.Phase.PROPOSED ? needs(upkeep.condemnedSet(), horizon) : List.of();
        postOrComeBack(note.answering(upkeep.revision(), needs, state.leases.held()));
        return note;
    }

    private List<ObjectName> needs(Set<ObjectName> condemned, Duration horizon) {
        Set<ManifestId> readable = readable(horizon);
        List<ObjectName> needs = new ArrayList<>(state.directory.usedSince(condemned, horizon));
        condemned.stream()
                .filter(object ->
                        object.kind() == ObjectName.Kind.MANIFEST && readable.contains(new ManifestId(object.digest())))
                .forEach(needs::add);
        return needs;
    }

    /// Manifests that may still be read, though no reference names them any more.
    private Set<ManifestId> readable(Duration horizon) {
        state.released.values().removeIf(since -> since.compareTo(horizon) < 0);
        return Set.copyOf(state.released.keySet());
    }

    private void postOrComeBack(ReplicaNote next) {
        if (posted.isEmpty()) {
            // Only looks: it is no replica.
            note = next;
            return;
        }
        try {
            post(next);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            LOG.warnf("The other replicas gave this one up, and it comes back replicaId=%s", id);
            join();
            state.catalog.refresh();
        }
    }

    private void post(ReplicaNote next) {
        byte[] bytes = next.encode();
        state.store.setNote(name(id), posted, bytes);
        posted = Optional.of(bytes);
        note = next;
    }

    private int countOthers() {
        int count = 0;
        List<NoteName> all = state.store.notes(NoteName.Folder.REPLICAS);
        state.watch.keepOnly(NoteName.Folder.REPLICAS, all);
        for (NoteName other : all) {
            if (!other.equals(name(id))) {
                Optional<byte[]> bytes = state.store.note(other);
                if (bytes.isPresent()
                        && state.watch.unchanged(other, bytes.get()).compareTo(state.pace.silence()) < 0) {
                    count++;
                }
            }
        }
        return count;
    }

    static NoteName name(UUID id) {
        return new NoteName(NoteName.Folder.REPLICAS, id.toString());
    }
}
