package cloud.stasis.disks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Dirty bitmaps as they rest in qcow2 files that nobody has open.
public final class QcowBitmaps {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /// The file was not closed properly: what was written last is not recorded.
    private static final String IN_USE = "in-use";

    private QcowBitmaps() {}

    public static List<String> names(Path layer) {
        List<String> names = new ArrayList<>();
        bitmaps(layer).forEach(bitmap -> names.add(bitmap.path("name").asText()));
        return names;
    }

    /// Whether the bitmap is there and complete.
    public static boolean isIntact(Path layer, String name) {
        for (JsonNode bitmap : bitmaps(layer)) {
            if (bitmap.path("name").asText().equals(name)) {
                for (JsonNode flag : bitmap.path("flags")) {
                    if (flag.asText().equals(IN_USE)) {
                        return false;
                    }
                }
                return true;
            }
        }
        return false;
    }

    /// Succeeds if it is not there.
    public static void remove(Path layer, String name) {
        if (names(layer).contains(name)) {
            Program.run(DEADLINE, List.of("qemu-img", "bitmap", "--remove", "-f", "qcow2", layer.toString(), name));
        }
    }

    private static JsonNode bitmaps(Path layer) {
        String info =
                Program.run(DEADLINE, List.of("qemu-img", "info", "-f", "qcow2", "--output=json", layer.toString()));
        try {
            return JSON.readTree(info).path("format-specific").path("data").path("bitmaps");
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "qemu-img's answer could not be read", e);
        }
    }
}
