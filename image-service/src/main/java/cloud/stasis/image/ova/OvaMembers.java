package cloud.stasis.image.ova;

import static cloud.stasis.image.ova.TarEntry.hostile;
import static cloud.stasis.image.ova.TarEntry.require;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The members of a tar, each a range of the file.
final class OvaMembers {
    private static final int MAX_MEMBERS = 80;

    /// Tars are filled up to a whole record of whoever wrote them.
    private static final int MAX_END_BYTES = 1024 * 1024;

    private static final int MAX_HASHES_BYTES = 64 * 1024;

    private static final Pattern HASH =
            Pattern.compile("(SHA1|SHA256|SHA512)\\s?\\(([^()/]{1,99})\\)\\s?=\\s?([0-9A-Fa-f]{40,128})");

    private static final String DESCRIPTION = ".ovf";
    private static final String HASHES = ".mf";
    private static final String CERTIFICATE = ".cert";

    private final SequencedMap<String, ContentSource> members;

    private OvaMembers(SequencedMap<String, ContentSource> members) {
        this.members = members;
    }

    static OvaMembers of(ContentSource file) throws IOException {
        SequencedMap<String, ContentSource> members = new LinkedHashMap<>();
        long size = file.size().bytes();
        long at = 0;
        byte[] block = new byte[TarEntry.BLOCK];
        while (true) {
            require(at <= size - TarEntry.BLOCK, "it is cut off");
            file.read(at, ByteBuffer.wrap(block));
            if (isZero(block)) {
                break;
            }
            TarEntry entry = TarEntry.decode(block);
            long data = at + TarEntry.BLOCK;
            require(entry.size().bytes() <= size - data, "it is cut off");
            require(members.size() < MAX_MEMBERS, "it has more than " + MAX_MEMBERS + " files");
            require(
                    members.put(entry.name(), new Slice(file, data, entry.size())) == null,
                    "it has a file of one name twice");
            at = data + entry.paddedSize();
        }
        requireEnd(file, at);
        require(!members.isEmpty() && members.firstEntry().getKey().endsWith(DESCRIPTION), "it begins with no .ovf");
        return new OvaMembers(members);
    }

    private static void requireEnd(ContentSource file, long at) throws IOException {
        long left = file.size().bytes() - at;
        require(left <= MAX_END_BYTES, "there is more behind its end");
        byte[] rest = new byte[(int) left];
        file.read(at, ByteBuffer.wrap(rest));
        require(isZero(rest), "there is more behind its end");
    }

    String first() {
        return members.firstEntry().getKey();
    }

    Optional<ContentSource> find(String name) {
        return Optional.ofNullable(members.get(name));
    }

    /// All of a member that has to be small.
    byte[] small(String name, int most) throws IOException {
        ContentSource member = find(name).orElseThrow(() -> hostile("it lacks " + name));
        require(member.size().bytes() <= most, "its " + name + " has more than " + most + " bytes");
        byte[] bytes = new byte[(int) member.size().bytes()];
        member.read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /// Every file that is named is there, as long as was said, and nothing else is but hashes and a certificate.
    void requireNamedBy(Ovf description) {
        Set<String> named = new HashSet<>();
        named.add(first());
        for (Ovf.File file : description.files()) {
            require(named.add(file.name()), "its description names itself");
            ContentSource member = find(file.name()).orElseThrow(() -> hostile("it lacks " + file.name()));
            require(
                    file.size().filter(said -> !said.equals(member.size())).isEmpty(),
                    "its " + file.name() + " has another size than is said");
        }
        for (String name : members.keySet()) {
            require(
                    named.contains(name) || name.equals(beside(HASHES)) || name.equals(beside(CERTIFICATE)),
                    "its description does not name " + name);
        }
    }

    /// The named members, and no other but what goes with the description.
    void requireOnly(Collection<String> names) {
        for (String name : members.keySet()) {
            require(
                    names.contains(name)
                            || name.equals(first())
                            || name.equals(beside(HASHES))
                            || name.equals(beside(CERTIFICATE)),
                    "its manifest does not name " + name);
        }
    }

    /// If there are hashes, they are of every member, and true.
    void requireHashes() throws IOException {
        if (find(beside(HASHES)).isEmpty()) {
            return;
        }
        String text = new String(small(beside(HASHES), MAX_HASHES_BYTES), StandardCharsets.UTF_8);
        Map<String, Matcher> lines = new HashMap<>();
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            Matcher match = HASH.matcher(line.strip());
            require(match.matches() && lines.put(match.group(2), match) == null, "its hashes are not hashes");
        }
        for (Map.Entry<String, ContentSource> member : members.entrySet()) {
            String name = member.getKey();
            Matcher line = lines.remove(name);
            if (line != null) {
                String found = OvaHash.of(member.getValue(), algorithm(line.group(1)));
                require(found.equals(line.group(3).toLowerCase(Locale.ROOT)), "its " + name + " has another hash");
            } else {
                require(
                        name.equals(beside(HASHES)) || name.equals(beside(CERTIFICATE)),
                        "there is no hash of its " + name);
            }
        }
        require(lines.isEmpty(), "there are hashes of what is not in it");
    }

    /// A file that goes with the description.
    private String beside(String ending) {
        String name = first();
        return name.substring(0, name.length() - DESCRIPTION.length()) + ending;
    }

    private static MessageDigest algorithm(String name) {
        try {
            return MessageDigest.getInstance(name.replace("SHA", "SHA-"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }

    private static boolean isZero(byte[] bytes) {
        for (byte one : bytes) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    /// A range of a file.
    private record Slice(ContentSource file, long from, ByteCount size) implements ContentSource {
        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            file.read(from + offset, into);
        }
    }
}
