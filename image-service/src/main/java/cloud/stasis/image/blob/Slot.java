package cloud.stasis.image.blob;

import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.Fields;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// All that a store knows under the name of a bundle. Its bytes are laid down in `docs/design/store-format.md`.
///
/// ```
/// nothing --pend(M)--> pending M --become(M)--> M --pend(N)--> M, pending N --become(N)--> N
///                          \--withdraw--> nothing               \--withdraw--> M
/// ```
/// What is *pending* cannot be seen, and is kept like what can: that is how a seal and a collector that know
/// nothing of each other agree, see `docs/design/write-order.md`.
///
/// @param generation of what can be seen
/// @param manifest what can be seen, if anything
/// @param pending what a seal is about to make visible, if one is at work
/// @param updatedAt for people; cut to microseconds
public record Slot(
        ReferenceName name,
        Generation generation,
        Optional<ManifestId> manifest,
        Optional<ManifestId> pending,
        Instant updatedAt) {
    /// The most that anyone reads of one.
    public static final int MAX_BYTES = 1024;

    private static final int DIGEST_LINE = 2 * Digest.LENGTH + 1;

    public Slot {
        updatedAt = updatedAt.truncatedTo(ChronoUnit.MICROS);
    }

    /// The first that is written under a name.
    public static Slot first(ReferenceName name, ManifestId pending, Instant now) {
        return new Slot(name, Generation.FIRST, Optional.empty(), Optional.of(pending), now);
    }

    public Slot pend(ManifestId next, Instant now) {
        return new Slot(name, generation, manifest, Optional.of(next), now);
    }

    /// What was pending can be seen from now on.
    public Slot become(Instant now) {
        return new Slot(name, manifest.isPresent() ? generation.next() : generation, pending, Optional.empty(), now);
    }

    /// As if nothing had been pending.
    public Slot withdraw(Instant now) {
        return new Slot(name, generation, manifest, Optional.empty(), now);
    }

    public Optional<Reference> reference() {
        return manifest.map(id -> new Reference(name, generation, id, updatedAt));
    }

    public byte[] encode() {
        Map<String, Object> fields = new HashMap<>(
                Map.of("name", name.toString(), "generation", generation.value(), "updatedAt", Fields.text(updatedAt)));
        manifest.ifPresent(id -> fields.put("manifest", id.toString()));
        pending.ifPresent(id -> fields.put("pending", id.toString()));
        byte[] json = CanonicalJson.write(fields);
        String text = new String(json, StandardCharsets.UTF_8) + "\n" + Sha256.of(json) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// @throws StasisException `MALFORMED_OBJECT` unless these are the bytes of a slot with this name
    public static Slot decode(ReferenceName name, byte[] bytes) {
        int end = bytes.length - DIGEST_LINE - 1;
        if (end < 0 || bytes.length > MAX_BYTES) {
            throw damaged(name);
        }
        byte[] json = Arrays.copyOf(bytes, end);
        String rest = "\n" + Sha256.of(json) + "\n";
        if (!Arrays.equals(bytes, end, bytes.length, rest.getBytes(StandardCharsets.UTF_8), 0, rest.length())) {
            throw damaged(name);
        }
        Fields fields = new Fields("reference", CanonicalJson.parse(json));
        Slot slot = new Slot(
                name,
                new Generation(fields.number("generation")),
                fields.optional("manifest").map(ManifestId::parse),
                fields.optional("pending").map(ManifestId::parse),
                fields.instant("updatedAt"));
        // Covers the name and the canonical form at once.
        if (!Arrays.equals(slot.encode(), bytes)) {
            throw damaged(name);
        }
        return slot;
    }

    private static StasisException damaged(ReferenceName name) {
        return new StasisException(
                ErrorCode.MALFORMED_OBJECT, "the reference " + name + " is damaged: seal its bundle again");
    }
}
