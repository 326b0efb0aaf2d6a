package cloud.stasis.model;

/// A number of bytes, never negative.
public record ByteCount(long bytes) implements Comparable<ByteCount> {
    public static final ByteCount ZERO = new ByteCount(0);
    private static final long KIB = 1024;

    public ByteCount {
        if (bytes < 0) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a size cannot be negative");
        }
    }

    public static ByteCount ofBytes(long bytes) {
        return new ByteCount(bytes);
    }

    public static ByteCount ofKib(long kib) {
        return new ByteCount(Math.multiplyExact(kib, KIB));
    }

    public static ByteCount ofMib(long mib) {
        return new ByteCount(Math.multiplyExact(mib, KIB * KIB));
    }

    public static ByteCount ofGib(long gib) {
        return new ByteCount(Math.multiplyExact(gib, KIB * KIB * KIB));
    }

    public ByteCount plus(ByteCount other) {
        return new ByteCount(Math.addExact(bytes, other.bytes));
    }

    public ByteCount minus(ByteCount other) {
        return new ByteCount(Math.subtractExact(bytes, other.bytes));
    }

    public boolean isZero() {
        return bytes == 0;
    }

    /// The least number of whole GiB that hold this many bytes, as the volume and flavor APIs count.
    public long gibRoundedUp() {
        return Math.ceilDiv(bytes, KIB * KIB * KIB);
    }

    public long mibRoundedUp() {
        return Math.ceilDiv(bytes, KIB * KIB);
    }

    @Override
    public int compareTo(ByteCount other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return bytes + " B";
    }
}
