package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// One node of an index: the digests of its children, from left to right. A child that is nothing but zeros is
/// [Digest#ZERO]; a node of nothing but such children does not exist, its parent has ZERO in its place.
///
/// ```
/// "SNOD"  u8 version = 1  u8 level  u16 count  count * 32 bytes        big-endian
/// ```
public record Node(int level, List<Digest> children) {
    /// The largest encoded node.
    public static final int MAX_BYTES = 8 + TreeShape.FAN_OUT * Digest.LENGTH;

    private static final int HEADER_BYTES = 8;
    private static final int MAGIC = 0x534E4F44;
    private static final byte VERSION = 1;

    public Node {
        children = List.copyOf(children);
        if (level < 1 || level > TreeShape.MAX_DEPTH || children.isEmpty() || children.size() > TreeShape.FAN_OUT) {
            throw malformed("its level or its number of children is out of bounds");
        }
        if (children.stream().allMatch(Digest::isZero)) {
            throw malformed("it has nothing but zeros under it");
        }
    }

    public byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + children.size() * Digest.LENGTH);
        bytes.putInt(MAGIC).put(VERSION).put((byte) level).putShort((short) children.size());
        children.forEach(child -> child.write(bytes));
        return bytes.array();
    }

    /// @throws StasisException `MALFORMED_OBJECT` unless these bytes are the canonical form of a node
    public static Node decode(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES || bytes.remaining() > MAX_BYTES) {
            throw malformed("it has " + bytes.remaining() + " bytes");
        }
        int magic = bytes.getInt();
        byte version = bytes.get();
        int level = Byte.toUnsignedInt(bytes.get());
        int count = Short.toUnsignedInt(bytes.getShort());
        if (magic != MAGIC || version != VERSION || bytes.remaining() != count * Digest.LENGTH) {
            throw malformed("its header is not that of a node");
        }
        Digest[] children = new Digest[count];
        Arrays.setAll(children, child -> Digest.read(bytes));
        return new Node(level, Arrays.asList(children));
    }

    /// Checks that the node stands where it belongs: a reader calls this before it follows a child.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if the shape asks for another level or number of children
    /// there
    public Node requireAt(TreeShape shape, int level, long index) {
        if (this.level != level || children.size() != shape.children(level, index)) {
            throw malformed("it does not belong where the index has it");
        }
        return this;
    }

    private static StasisException malformed(String why) {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "a node of an index is not valid: " + why);
    }
}
