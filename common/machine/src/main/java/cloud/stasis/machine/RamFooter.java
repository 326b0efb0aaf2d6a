package cloud.stasis.machine;

import cloud.stasis.model.ByteCount;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The end of a memory file, by which it is known: the guest decides what stands at its beginning.
///
/// ```
///  RAM, byte for byte │ state of the devices │ "STASIS-RAM-IMAGE" │ bytes of RAM │ bytes of state
///                                              16                   8              8, big-endian
/// ```
///
/// @param ram so many bytes of RAM at the beginning
/// @param state so many bytes of device state behind it
public record RamFooter(ByteCount ram, ByteCount state) {
    public static final int BYTES = 32;

    private static final byte[] MAGIC = "STASIS-RAM-IMAGE".getBytes(StandardCharsets.US_ASCII);

    /// QEMU's state of 26 disks is 2 MiB; a file that says more is not one of ours.
    private static final ByteCount MAX_STATE = ByteCount.ofMib(64);

    /// Whether a file with this end is such a memory file, or a part of one.
    public static boolean isOne(ByteBuffer end) {
        return end.remaining() == BYTES && ByteBuffer.wrap(MAGIC).equals(end.slice(end.position(), MAGIC.length));
    }

    /// @param end the last bytes of the file
    /// @param size of all of it
    /// @return empty if its parts do not add up to the file
    public static Optional<RamFooter> of(ByteBuffer end, ByteCount size) {
        if (!isOne(end)) {
            return Optional.empty();
        }
        long ram = end.getLong(end.position() + MAGIC.length);
        long state = end.getLong(end.position() + MAGIC.length + Long.BYTES);
        boolean adds = ram > 0 && state >= 0 && state <= MAX_STATE.bytes() && ram == size.bytes() - BYTES - state;
        return adds ? Optional.of(new RamFooter(ByteCount.ofBytes(ram), ByteCount.ofBytes(state))) : Optional.empty();
    }

    public ByteBuffer encode() {
        return ByteBuffer.allocate(BYTES)
                .put(MAGIC)
                .putLong(ram.bytes())
                .putLong(state.bytes())
                .flip();
    }
}
