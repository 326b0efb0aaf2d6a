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
import java.util.Map;

/// What a reference says. Its bytes are laid down in `docs/design/store-format.md`; every backend keeps the
/// same.
///
/// @param updatedAt for people; cut to microseconds
public record Reference(ReferenceName name, Generation generation, ManifestId manifest, Instant updatedAt) {
    /// The most that anyone reads of one.
    public static final int MAX_BYTES = 1024;

    private static final int DIGEST_LINE = 2 * Digest.LENGTH + 1;

    public Reference {
        updatedAt = updatedAt.truncatedTo(ChronoUnit.MICROS);
    }

    /// The first reference of a name.
    public static Reference first(ReferenceName name, ManifestId manifest, Instant now) {
        return new Reference(name, Generation.FIRST, manifest, now);
    }

    /// What replaces this one.
    public Reference next(ManifestId manifest, Instant now) {
        return new Reference(name, generation.next(), manifest, now);
    }

    /// What it says, for people and over HTTP.
    public byte[] json() {
        return CanonicalJson.write(Map.of(
                "name", name.toString(),
                "generation", generation.value(),
                "manifest", manifest.toString(),
                "updatedAt", Fields.text(updatedAt)));
    }

    /// What lies in a store.
    public byte[] encode() {
        byte[] json = json();
        String text = new String(json, StandardCharsets.UTF_8) + "\n" + Sha256.of(json) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// @throws StasisException `MALFORMED_OBJECT` unless these are the bytes of a reference with this name
    public static Reference decode(ReferenceName name, byte[] bytes) {
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
        Reference reference = new Reference(
                name,
                new Generation(fields.number("generation")),
                ManifestId.parse(fields.text("manifest")),
                fields.instant("updatedAt"));
        // Covers the name and the canonical form at once.
        if (!Arrays.equals(reference.encode(), bytes)) {
            throw damaged(name);
        }
        return reference;
    }

    private static StasisException damaged(ReferenceName name) {
        return new StasisException(
                ErrorCode.MALFORMED_OBJECT, "the reference " + name + " is damaged: seal its bundle again");
    }
}
