package cloud.stasis.image.vmdk;

import static cloud.stasis.image.vmdk.VmdkHeader.hostile;
import static cloud.stasis.image.vmdk.VmdkHeader.require;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The text in a VMDK file, which is read to find out that there is nothing else to read. No name in it is ever
/// followed.
final class VmdkDescriptor {
    private static final String FIRST_LINE = "# disk descriptorfile";
    private static final String NO_PARENT = "ffffffff";

    private static final Pattern EXTENT = Pattern.compile("(RW|RDONLY) +([0-9]{1,12}) +SPARSE +\"([^\"]*)\"");
    private static final Pattern ANY_EXTENT = Pattern.compile("(RW|RDONLY|NOACCESS)\\s.*");

    /// The name that the file had where it was made.
    private static final Pattern NAME = Pattern.compile("[^/\\\\:\\p{Cntrl}]{1,255}");

    private VmdkDescriptor() {}

    /// Refuses one that does not describe a disk of this one file.
    ///
    /// @param bytes of all its sectors
    static void check(byte[] bytes, VmdkHeader header) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        List<String> lines = (end < 0 ? text : text.substring(0, end))
                .lines()
                .map(String::strip)
                .toList();
        require(
                !lines.isEmpty() && lines.getFirst().toLowerCase(Locale.ROOT).equals(FIRST_LINE),
                "it has no descriptor in it: it may be one of several files");
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (!line.startsWith("#") && equals > 0 && !ANY_EXTENT.matcher(line).matches()) {
                String key = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                String value = line.substring(equals + 1).strip();
                require(values.put(key, value) == null, "its descriptor says something twice");
            }
        }
        require(!values.containsKey("parentfilenamehint"), "it names a parent");
        require(
                NO_PARENT.equalsIgnoreCase(values.get("parentcid")),
                "it has a parent, or does not say that it has none");
        require(
                ('"' + header.kind().wireName() + '"').equals(values.get("createtype")),
                "its descriptor says another type than its header, or one that is not known here");
        List<String> extents = lines.stream()
                .filter(line -> ANY_EXTENT.matcher(line).matches())
                .toList();
        require(extents.size() == 1, "it consists of more than one file, or of none");
        checkExtent(extents.getFirst(), header);
    }

    /// Some round the capacity in the header up to whole grains, and that is the one that counts.
    private static void checkExtent(String extent, VmdkHeader header) {
        Matcher match = EXTENT.matcher(extent);
        if (!match.matches()) {
            throw hostile("the file that its descriptor describes is not a sparse one");
        }
        require(NAME.matcher(match.group(3)).matches(), "its descriptor names a path");
        long capacity = Long.parseLong(match.group(2));
        require(
                capacity == header.capacity()
                        || Math.ceilDiv(capacity, header.grain()) * header.grain() == header.capacity(),
                "its descriptor says another capacity than its header");
    }
}
