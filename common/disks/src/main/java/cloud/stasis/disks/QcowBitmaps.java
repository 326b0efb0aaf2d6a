package cloud.stasis.disks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Dirty bitmaps as they rest in qcow2 files that nobody has open.
public final class QcowBitmaps {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /// The file was not closed properly: what was written last is not recorded.
    private static final String IN_USE = "in-use";

    /// Of a qcow2 header of version 3: features that whoever does not know them takes back when it writes.
    private static final int AUTOCLEAR_AT = 88;

    private static final int HEADER_BYTES = AUTOCLEAR_AT + Long.BYTES;
    private static final int VERSION_AT = 4;
    private static final int VERSION = 3;
    private static final int MAGIC = 0x514649fb;

    /// Without it QEMU takes no bitmap of the file for one.
    private static final long BITMAPS_ARE_TRUE = 1;

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

    /// Whether QEMU would look for any. Of a new layer, as after each revert, this saves a process.
    private static boolean hasNone(Path layer) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        try (FileChannel file = FileChannel.open(layer, StandardOpenOption.READ)) {
            while (header.hasRemaining() && file.read(header, header.position()) >= 0) {
                // Until it is full.
            }
        } catch (IOException e) {
            // qemu-img is asked then, and says why.
            return false;
        }
        return !header.hasRemaining()
                && header.getInt(0) == MAGIC
                && header.getInt(VERSION_AT) == VERSION
                && (header.getLong(AUTOCLEAR_AT) & BITMAPS_ARE_TRUE) == 0;
    }

    private static JsonNode bitmaps(Path layer) {
        if (hasNone(layer)) {
            return JSON.createArrayNode();
        }
        String info =
                Program.run(DEADLINE, List.of("qemu-img", "info", "-f", "qcow2", "--output=json", layer.toString()));
        try {
            return JSON.readTree(info).path("format-specific").path("data").path("bitmaps");
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "qemu-img's answer could not be read", e);
        }
    }
}
