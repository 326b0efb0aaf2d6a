package cloud.stasis.image.ova;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.ByteCount;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Archives as others make them, and as nobody should.
final class Archive {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StringBuilder hashes = new StringBuilder();

    /// Adds a member, and notes its hash.
    Archive with(String name, byte[] content) {
        hashes.append("SHA256(%s)= %s%n"
                .formatted(name, HexFormat.of().formatHex(Sha256.start().digest(content))));
        return raw(new TarEntry(name, ByteCount.ofBytes(content.length)).encode(), content);
    }

    Archive with(String name, String content) {
        return with(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /// Adds the hashes of all before.
    Archive hashed(String name) {
        return with(name, hashes.toString());
    }

    /// Adds a member of another kind or name, with a header that is whole.
    Archive forged(String name, char type, byte[] content) {
        byte[] header = new TarEntry("x", ByteCount.ofBytes(content.length)).encode();
        System.arraycopy(name.getBytes(StandardCharsets.ISO_8859_1), 0, header, 0, name.length());
        header[156] = (byte) type;
        java.util.Arrays.fill(header, 148, 156, (byte) ' ');
        long sum = 0;
        for (byte one : header) {
            sum += Byte.toUnsignedInt(one);
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 8);
        return raw(header, content);
    }

    byte[] end() {
        bytes.writeBytes(new byte[2 * TarEntry.BLOCK]);
        return bytes.toByteArray();
    }

    private Archive raw(byte[] header, byte[] content) {
        bytes.writeBytes(header);
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[-content.length & TarEntry.BLOCK - 1]);
        return this;
    }

    /// A description of one disk.
    static String ovf(String href) {
        return ovf(
                "",
                "<File ovf:href=\"" + href + "\" ovf:id=\"f\"/>",
                "<Disk ovf:diskId=\"d\" ovf:fileRef=\"f\"" + " ovf:capacity=\"3145728\"/>");
    }

    static String ovf(String before, String files, String disks) {
        return "<?xml version=\"1.0\"?>" + before + "<Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\""
                + " xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1\"><References>" + files + "</References>"
                + "<DiskSection><Info/>" + disks + "</DiskSection></Envelope>";
    }
}
