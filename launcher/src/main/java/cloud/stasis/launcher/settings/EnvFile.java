package cloud.stasis.launcher.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/// A file of `NAME=value` lines, as a shell can source them. Values are written bare, so they must need no
/// quoting.
public record EnvFile(Path path) {
    private static final String BARE_VALUE = "[A-Za-z0-9_.:/@=,+-]*";

    /// In the order of the file; empty when there is no file.
    public Map<String, String> read() {
        if (!Files.exists(path)) {
            return Map.of();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : lines()) {
            String text = line.strip();
            int equals = text.indexOf('=');
            if (text.startsWith("#") || equals < 1) {
                continue;
            }
            values.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return values;
    }

    /// Replaces the file in one step; only its owner may read it.
    public void write(String header, Map<String, String> values) {
        StringBuilder text = new StringBuilder("# ").append(header).append('\n');
        values.forEach((name, value) -> {
            if (!value.matches(BARE_VALUE)) {
                throw new LaunchException("Cannot write " + name + " to " + path + ": its value would need quoting.");
            }
            text.append(name).append('=').append(value).append('\n');
        });
        writePrivately(path, text.toString());
    }

    /// Complete or not at all, mode 0600 from the first byte.
    public static void writePrivately(Path file, String text) {
        try {
            Path draft = Files.createTempFile(
                    file.getParent(),
                    file.getFileName().toString(),
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LaunchException("Cannot write " + file + ": " + e, e);
        }
    }

    private Iterable<String> lines() {
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw new LaunchException("Cannot read " + path + ": " + e, e);
        }
    }
}
