package cloud.stasis.chunks.format;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Manifests to their canonical bytes and back. The bytes are JSON so that a person with nothing but the store
/// can read them; they are canonical so that equal manifests have equal names.
///
/// Times are cut to microseconds: a manifest that was read back equals one whose times have no more than that.
public final class ManifestCodec {
    /// The largest manifest, and so the most that anyone reads of one.
    public static final ByteCount MAX_SIZE = ByteCount.ofKib(512);

    private ManifestCodec() {}

    public static ManifestId id(byte[] manifest) {
        return new ManifestId(Sha256.of(manifest));
    }

    /// @throws StasisException `MALFORMED_OBJECT` if it is over [#MAX_SIZE]
    public static byte[] encode(Manifest manifest) {
        Map<String, Object> json = new TreeMap<>();
        json.put("version", (long) manifest.version());
        json.put("kind", Fields.wireName(manifest.kind()));
        json.put("takenAt", Fields.text(manifest.takenAt()));
        json.put("parts", manifest.parts().stream().map(ManifestCodec::part).toList());
        json.put("metadata", manifest.metadata());
        manifest.instance().ifPresent(instance -> json.put("instance", instance.toString()));
        manifest.parent().ifPresent(parent -> json.put("parent", parent.toString()));
        manifest.receipt().ifPresent(receipt -> json.put("receipt", ReceiptCodec.json(receipt)));
        byte[] bytes = CanonicalJson.write(json);
        if (bytes.length > MAX_SIZE.bytes()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a manifest has at most " + MAX_SIZE);
        }
        return bytes;
    }

    /// @throws StasisException `MALFORMED_OBJECT` or `UNSUPPORTED_FORMAT` unless these bytes are the canonical
    /// form of a manifest that this release knows
    public static Manifest decode(byte[] bytes) {
        if (bytes.length > MAX_SIZE.bytes()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a manifest has at most " + MAX_SIZE);
        }
        Manifest manifest = parse(new Fields("manifest", CanonicalJson.parse(bytes)));
        if (!Arrays.equals(encode(manifest), bytes)) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "a manifest is not in its canonical form or has unknown fields");
        }
        return manifest;
    }

    private static Manifest parse(Fields fields) {
        try {
            return manifest(fields);
        } catch (StasisException e) {
            throw e.kind() == ErrorKind.INVALID && e.code() != ErrorCode.UNSUPPORTED_FORMAT
                    ? new StasisException(ErrorCode.MALFORMED_OBJECT, "a manifest is not valid: " + e.getMessage(), e)
                    : e;
        }
    }

    private static Manifest manifest(Fields fields) {
        return new Manifest(
                Math.clamp(fields.number("version"), 0, Integer.MAX_VALUE),
                fields.choice("kind", ReferenceName.Kind.class),
                fields.optional("instance").map(InstanceId::parse),
                fields.instant("takenAt"),
                fields.optional("parent").map(ManifestId::parse),
                fields.list("parts", ManifestCodec::part),
                receipt(fields),
                metadata(fields));
    }

    private static Map<String, Object> part(Part part) {
        Map<String, Object> json = new HashMap<>();
        json.put("index", part.content().index().toString());
        json.put("size", part.content().size().bytes());
        switch (part) {
            case Part.Disk disk ->
                json.putAll(Map.of("kind", "disk", "target", disk.target().toString()));
            case Part.File file -> json.put("kind", "file");
            case Part.Memory memory ->
                json.putAll(Map.of("kind", "memory", "format", Fields.wireName(memory.format())));
            case Part.DomainXml xml -> json.put("kind", "domain-xml");
            case Part.DeviceArchive archive -> json.put("kind", "device-archive");
        }
        return json;
    }

    private static Part part(JsonNode json) {
        Fields fields = new Fields("part", json);
        Content content = new Content(IndexId.parse(fields.text("index")), ByteCount.ofBytes(fields.number("size")));
        String kind = fields.text("kind");
        return switch (kind) {
            case "disk" -> new Part.Disk(new DeviceName(fields.text("target")), content);
            case "file" -> new Part.File(content);
            case "memory" -> new Part.Memory(fields.choice("format", Part.MemoryFormat.class), content);
            case "domain-xml" -> new Part.DomainXml(content);
            case "device-archive" -> new Part.DeviceArchive(content);
            default -> throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "part kind is not known here");
        };
    }

    private static Optional<Receipt> receipt(Fields fields) {
        return fields.object("receipt").map(ReceiptCodec::receipt);
    }

    private static Map<String, String> metadata(Fields fields) {
        Fields metadata =
                new Fields("metadata", fields.object("metadata").orElseThrow(() -> fields.missing("metadata")));
        Map<String, String> entries = new HashMap<>();
        List.copyOf(metadata.names()).forEach(name -> entries.put(name, metadata.text(name)));
        return entries;
    }
}
