package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.Fields;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/// What one replica tells the others: that it lives, and what of a proposal it needs.
///
/// @param beat counts its signs of life
/// @param seen the revision of the upkeep that it has acted on
/// @param status whether it still counts; one that was given up has to come back under another name
/// @param needs what of the proposal its writers and readers rely on
/// @param held contents that its writers build on
record ReplicaNote(long beat, long seen, Status status, List<ObjectName> needs, List<Content> held) {
    enum Status {
        ALIVE,
        /// It needs more than fits in here: nothing is to be removed.
        NEEDS_ALL,
        GIVEN_UP
    }

    /// So that a note stays below its limit.
    static final int MOST = 4000;

    static final ReplicaNote GIVEN_UP = new ReplicaNote(0, 0, Status.GIVEN_UP, List.of(), List.of());

    ReplicaNote {
        needs = List.copyOf(needs);
        held = List.copyOf(held);
    }

    static ReplicaNote joining(long seen) {
        return new ReplicaNote(0, seen, Status.ALIVE, List.of(), List.of());
    }

    ReplicaNote beaten() {
        return new ReplicaNote(beat + 1, seen, status, needs, held);
    }

    ReplicaNote answering(long revision, List<ObjectName> what, List<Content> contents) {
        return what.size() > MOST || contents.size() > MOST
                ? new ReplicaNote(beat + 1, revision, Status.NEEDS_ALL, List.of(), List.of())
                : new ReplicaNote(beat + 1, revision, Status.ALIVE, what, contents);
    }

    byte[] encode() {
        return CanonicalJson.write(Map.of(
                "beat", beat,
                "seen", seen,
                "status", Fields.wireName(status),
                "needs", needs.stream().map(ObjectName::toString).toList(),
                "held",
                        held.stream()
                                .map(content -> Map.of(
                                        "index", content.index().digest().toString(),
                                        "size", content.size().bytes()))
                                .toList()));
    }

    /// @throws cloud.stasis.model.StasisException if these are not the bytes of one
    static ReplicaNote decode(byte[] bytes) {
        Fields fields = new Fields("note of a replica", CanonicalJson.parse(bytes));
        return new ReplicaNote(
                fields.number("beat"),
                fields.number("seen"),
                fields.choice("status", Status.class),
                fields.list("needs", JsonNode::asText).stream()
                        .map(ObjectName::parse)
                        .toList(),
                fields.list("held", ReplicaNote::content));
    }

    private static Content content(JsonNode json) {
        Fields fields = new Fields("content", json);
        return new Content(IndexId.parse(fields.text("index")), ByteCount.ofBytes(fields.number("size")));
    }
}
