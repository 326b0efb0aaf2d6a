package cloud.stasis.image.blob;

import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.Fields;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.time.Instant;
import java.util.Map;

/// A bundle that can be seen: what its name stands for.
///
/// @param updatedAt for people
public record Reference(ReferenceName name, Generation generation, ManifestId manifest, Instant updatedAt) {
    /// What it says, for people and over HTTP.
    public byte[] json() {
        return CanonicalJson.write(Map.of(
                "name", name.toString(),
                "generation", generation.value(),
                "manifest", manifest.toString(),
                "updatedAt", Fields.text(updatedAt)));
    }
}
