package cloud.stasis.image.ova;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.qcow2.QcowExport;
import cloud.stasis.image.vmdk.VmdkExport;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A bundle as an OVA: nothing of it exists until it is read, and any range of it can be read. The same bundle
/// always gives the same file. If its metadata ask for VMDK it is one for other hypervisors: the disks, and nothing
/// that only we could read.
///
/// The hashes at its end are of everything before them. Who reads from the first byte to the last has them computed
/// on the way; who begins in the middle waits at the end until what was left out has been read.
public final class OvaExport implements ContentSource {
    private static final int BLOCK = TarEntry.BLOCK;

    /// What the metadata say.
    private static final String VMDK = "vmdk";

    /// A tar ends with two blocks of zeros.
    private static final int END_BYTES = 2 * BLOCK;

    private record Member(TarEntry entry, long offset, ContentSource content) {
        long dataAt() {
            return offset + BLOCK;
        }

        long end() {
            return dataAt() + entry.paddedSize();
        }
    }

    private final List<Member> members = new ArrayList<>();
    private final Map<String, String> hashes;

    /// The hash that is under way, of which member, and up to where.
    private MessageDigest hash = Sha256.start();

    private int hashed;
    private long hashedTo;

    /// @param hashes those of this bundle that are known, by member; found ones are added. Safe from several threads
    public OvaExport(ContentReader reader, Manifest manifest, Map<String, String> hashes) {
        this.hashes = hashes;
        List<Ovf.File> files = new ArrayList<>();
        List<Ovf.Disk> disks = new ArrayList<>();
        List<ContentSource> contents = new ArrayList<>();
        boolean isForOthers = VMDK.equals(manifest.metadata().get("disk_format"));
        for (Part part : manifest.parts()) {
            if (isForOthers && !(part instanceof Part.Disk)) {
                continue;
            }
            String name = isForOthers ? OvaNames.asVmdk(part) : OvaNames.of(part);
            ContentSource content = isForOthers ? new VmdkExport(reader, part.content()) : content(reader, part);
            if (part instanceof Part.Disk disk) {
                disks.add(new Ovf.Disk(name, disk.content().size()));
            }
            files.add(new Ovf.File(name, Optional.of(content.size())));
            contents.add(content);
        }
        if (!isForOthers) {
            ContentSource self = source(ManifestCodec.encode(OvaManifest.of(manifest)));
            files.add(new Ovf.File(OvaNames.MANIFEST, Optional.of(self.size())));
            contents.add(self);
        }
        Ovf.DiskForm form = isForOthers ? Ovf.DiskForm.VMDK : Ovf.DiskForm.QCOW2;
        add(OvaNames.DESCRIPTION, source(new Ovf(files, disks).write("bundle", form)));
        for (int at = 0; at < files.size(); at++) {
            add(files.get(at).name(), contents.get(at));
        }
        add(OvaNames.HASHES, new Hashes(hashesLength()));
    }

    @Override
    public ByteCount size() {
        return ByteCount.ofBytes(members.getLast().end() + END_BYTES);
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            at += read(memberAt(at), at, into);
        }
    }

    /// Reads what lies in one member, or behind the last, and says how much.
    private int read(int number, long at, ByteBuffer into) throws IOException {
        Member member = members.get(number);
        if (at < member.dataAt()) {
            int from = (int) (at - member.offset);
            int count = Math.min(BLOCK - from, into.remaining());
            into.put(member.entry.encode(), from, count);
            return count;
        }
        long inData = at - member.dataAt();
        long left = member.entry.size().bytes() - inData;
        if (left > 0) {
            int count = (int) Math.min(left, into.remaining());
            ByteBuffer piece = into.slice(into.position(), count);
            member.content.read(inData, piece);
            note(number, inData, piece.flip());
            into.position(into.position() + count);
            return count;
        }
        long zeros = (number + 1 == members.size() ? size().bytes() : member.end()) - at;
        int count = (int) Math.min(zeros, into.remaining());
        into.put(new byte[count]);
        return count;
    }

    private int memberAt(long at) {
        int number = 0;
        while (number + 1 < members.size() && at >= members.get(number).end()) {
            number++;
        }
        return number;
    }

    /// Hashes what was read, if it follows what was hashed before.
    private void note(int number, long from, ByteBuffer bytes) {
        if (number != hashed || from != hashedTo) {
            if (from != 0 || isKnown(number)) {
                return;
            }
            hash = Sha256.start();
            hashed = number;
        }
        hashedTo = from + bytes.remaining();
        hash.update(bytes);
        if (hashedTo == members.get(number).entry.size().bytes()) {
            hashes.put(members.get(number).entry.name(), HexFormat.of().formatHex(hash.digest()));
            hashed = number + 1;
            hashedTo = 0;
        }
    }

    private boolean isKnown(int number) {
        return hashes.containsKey(members.get(number).entry.name());
    }

    /// The lines of all members but the last, which they are in.
    private final class Hashes implements ContentSource {
        private final ByteCount size;

        Hashes(ByteCount size) {
            this.size = size;
        }

        @Override
        public ByteCount size() {
            return size;
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            StringBuilder lines = new StringBuilder();
            for (Member member : members.subList(0, members.size() - 1)) {
                lines.append(line(member.entry.name(), hash(member)));
            }
            into.put(lines.toString().getBytes(StandardCharsets.US_ASCII), (int) offset, into.remaining());
        }

        private String hash(Member member) throws IOException {
            String known = hashes.get(member.entry.name());
            if (known != null) {
                return known;
            }
            String found = OvaHash.of(member.content, Sha256.start());
            hashes.put(member.entry.name(), found);
            return found;
        }
    }

    private ByteCount hashesLength() {
        return ByteCount.ofBytes(members.stream()
                .mapToLong(member -> line(member.entry.name(), "0".repeat(64)).length())
                .sum());
    }

    private static String line(String name, String hash) {
        return "SHA256(" + name + ")= " + hash + "\n";
    }

    private void add(String name, ContentSource content) {
        long offset = members.isEmpty() ? 0 : members.getLast().end();
        members.add(new Member(new TarEntry(name, content.size()), offset, content));
    }

    private static ContentSource content(ContentReader reader, Part part) {
        return part instanceof Part.Disk disk ? new QcowExport(reader, disk.content()) : reader.source(part.content());
    }

    private static ContentSource source(byte[] bytes) {
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(bytes.length);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(bytes, (int) offset, into.remaining());
            }
        };
    }
}
