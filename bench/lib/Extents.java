import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where a disk changed, as `scatter.py` writes it: "offset length" lines.
final class Extents {
    private Extents() {}

    /// @param file "-" for all of it
    static List<Extent> in(String file, ByteCount size) throws IOException {
        if (file.equals("-")) {
            return List.of(new Extent(0, size.bytes()));
        }
        List<Extent> extents = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(file))) {
            String[] words = line.split(" ");
            extents.add(new Extent(Long.parseLong(words[0]), Long.parseLong(words[1])));
        }
        return extents;
    }
}
