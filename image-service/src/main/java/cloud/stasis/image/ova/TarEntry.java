package cloud.stasis.image.ova;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// The header of a plain file in a tar ("ustar"): the only kind of member that an OVA has.
///
/// @param name without any folder
record TarEntry(String name, ByteCount size) {
    static final int BLOCK = 512;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9 ._()+@-]{0,98}");
    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int SUM_AT = 148;
    private static final int TYPE_AT = 156;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_BYTES = 155;
    private static final byte[] MAGIC = "ustar".getBytes(StandardCharsets.US_ASCII);

    /// More does not fit into eleven octal digits.
    private static final long MOST_OCTAL = (1L << 33) - 1;

    TarEntry {
        if (!NAME.matcher(name).matches()) {
            throw hostile("a member of it has a name that is not a plain file name");
        }
    }

    /// Whether a file of at least a block begins as a tar does.
    static boolean isTar(byte[] head, int length) {
        return length >= BLOCK && ByteBuffer.wrap(head, MAGIC_AT, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /// The bytes of the member and what fills its last block.
    long paddedSize() {
        return Math.ceilDiv(size.bytes(), (long) BLOCK) * BLOCK;
    }

    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        bytes.put(0, name.getBytes(StandardCharsets.US_ASCII));
        text(bytes, NAME_BYTES, "0000644\0" + "0000000\0" + "0000000\0");
        if (size.bytes() <= MOST_OCTAL) {
            text(bytes, SIZE_AT, "%011o\0".formatted(size.bytes()));
        } else {
            // The way of GNU and star for what is larger than 8 GiB.
            bytes.put(SIZE_AT, (byte) 0x80).putLong(SIZE_AT + 4, size.bytes());
        }
        text(bytes, SIZE_AT + SIZE_BYTES, "%011o\0".formatted(0));
        bytes.put(TYPE_AT, (byte) '0');
        text(bytes, MAGIC_AT, "ustar\0" + "00");
        text(bytes, SUM_AT, "%06o\0 ".formatted(sum(bytes)));
        return bytes.array();
    }

    /// @throws StasisException `HOSTILE_IMAGE` unless it is the header of a plain file
    static TarEntry decode(byte[] block) {
        ByteBuffer bytes = ByteBuffer.wrap(block);
        require(isTar(block, block.length), "it is not a tar of plain files");
        require(octal(bytes, SUM_AT, 8) == sum(bytes), "a header in it is damaged");
        byte type = bytes.get(TYPE_AT);
        require(type == '0' || type == 0, "it has links, folders or devices in it");
        for (int at = PREFIX_AT; at < PREFIX_AT + PREFIX_BYTES; at++) {
            require(bytes.get(at) == 0, "a member of it lies in a folder");
        }
        String name = new String(block, 0, NAME_BYTES, StandardCharsets.ISO_8859_1);
        int end = name.indexOf('\0');
        return new TarEntry(end < 0 ? name : name.substring(0, end), size(bytes));
    }

    private static ByteCount size(ByteBuffer bytes) {
        if (bytes.get(SIZE_AT) == (byte) 0x80) {
            require(bytes.getInt(SIZE_AT) == 0x80000000, "a member of it has no size");
            require(bytes.getLong(SIZE_AT + 4) >= 0, "a member of it has no size");
            return ByteCount.ofBytes(bytes.getLong(SIZE_AT + 4));
        }
        return ByteCount.ofBytes(octal(bytes, SIZE_AT, SIZE_BYTES));
    }

    private static long octal(ByteBuffer bytes, int from, int length) {
        String text = new String(bytes.array(), from, length, StandardCharsets.ISO_8859_1)
                .replace('\0', ' ')
                .strip();
        require(text.matches("[0-7]{1,11}"), "a header in it is damaged");
        return Long.parseLong(text, 8);
    }

    private static long sum(ByteBuffer bytes) {
        long sum = 0;
        for (int at = 0; at < BLOCK; at++) {
            sum += at >= SUM_AT && at < SUM_AT + 8 ? ' ' : Byte.toUnsignedInt(bytes.get(at));
        }
        return sum;
    }

    private static void text(ByteBuffer bytes, int at, String text) {
        bytes.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw hostile(otherwise);
        }
    }

    static StasisException hostile(String why) {
        return new StasisException(ErrorCode.HOSTILE_IMAGE, "the image is not accepted as ova: " + why);
    }
}
