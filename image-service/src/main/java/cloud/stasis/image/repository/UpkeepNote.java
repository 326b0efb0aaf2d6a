package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.Fields;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What all replicas know of the one that removes things. It changes by compare-and-set only, so that who was
/// taken over by another finds out before it does harm.
///
/// ```
/// IDLE --hold--> WORKING --propose(objects)--> PROPOSED --sentence(some of them)--> SENTENCED --> WORKING or PROPOSED
///   ^               |                              |                                   |
///   +---------------+------------------------------+ (a proposal that is given up)     |
///   +----------------------------------------------------------------------------------+ (all of them are gone)
/// ```
/// Taken over, a proposal is void, and a sentence is carried out before anything else is done.
///
/// @param revision counts the changes of phase
/// @param beat counts the signs of life of the holder
/// @param holder who has it; empty when idle
/// @param condemned what may be removed soon (proposed), or is being removed (sentenced)
record UpkeepNote(long revision, long beat, Optional<UUID> holder, Phase phase, Way way, List<ObjectName> condemned) {
    enum Phase {
        IDLE,
        WORKING,
        PROPOSED,
        SENTENCED
    }

    /// How the condemned go.
    enum Way {
        DELETE,
        QUARANTINE
    }

    /// Before anybody wrote one.
    static final UpkeepNote NONE = new UpkeepNote(0, 0, Optional.empty(), Phase.IDLE, Way.DELETE, List.of());

    /// So that a note stays below its limit.
    static final int MOST_CONDEMNED = 8000;

    UpkeepNote {
        condemned = List.copyOf(condemned);
    }

    UpkeepNote held(UUID by) {
        return new UpkeepNote(revision + 1, beat, Optional.of(by), Phase.WORKING, Way.DELETE, List.of());
    }

    /// Held by another, with what there is to be carried out.
    UpkeepNote inherited(UUID by) {
        return new UpkeepNote(revision + 1, beat, Optional.of(by), phase, way, condemned);
    }

    UpkeepNote beaten() {
        return new UpkeepNote(revision, beat + 1, holder, phase, way, condemned);
    }

    UpkeepNote proposing(List<ObjectName> objects) {
        return new UpkeepNote(revision + 1, beat, holder, Phase.PROPOSED, Way.DELETE, objects);
    }

    UpkeepNote sentencing(List<ObjectName> objects, Way how) {
        return new UpkeepNote(revision + 1, beat, holder, Phase.SENTENCED, how, objects);
    }

    UpkeepNote working() {
        return new UpkeepNote(revision + 1, beat, holder, Phase.WORKING, Way.DELETE, List.of());
    }

    UpkeepNote released() {
        return new UpkeepNote(revision + 1, beat, Optional.empty(), Phase.IDLE, Way.DELETE, List.of());
    }

    boolean isHeldBy(UUID replica) {
        return holder.equals(Optional.of(replica));
    }

    Set<ObjectName> condemnedSet() {
        return Set.copyOf(condemned);
    }

    byte[] encode() {
        Map<String, Object> fields = new HashMap<>(Map.of(
                "revision", revision,
                "beat", beat,
                "phase", Fields.wireName(phase),
                "way", Fields.wireName(way),
                "condemned", condemned.stream().map(ObjectName::toString).toList()));
        holder.ifPresent(id -> fields.put("holder", id.toString()));
        return CanonicalJson.write(fields);
    }

    /// @throws StasisException `MALFORMED_OBJECT`
    static UpkeepNote decode(byte[] bytes) {
        try {
            Fields fields = new Fields("note of upkeep", CanonicalJson.parse(bytes));
            return new UpkeepNote(
                    fields.number("revision"),
                    fields.number("beat"),
                    fields.optional("holder").map(UUID::fromString),
                    fields.choice("phase", Phase.class),
                    fields.choice("way", Way.class),
                    fields.list("condemned", JsonNode::asText).stream()
                            .map(ObjectName::parse)
                            .toList());
        } catch (StasisException | IllegalArgumentException e) {
            // It is not known what is being removed.
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT,
                    "a note of the upkeep is damaged: stop all services of this store and remove the folder upkeep",
                    e);
        }
    }
}
