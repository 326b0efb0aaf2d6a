package cloud.stasis.model;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// The hardware address of one network interface, in lower case: `52:54:00:12:34:56`.
public record MacAddress(String value) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    /// Of an address for a group of stations.
    private static final int MULTICAST = 1;

    private static final int HEX = 16;
    private static final int RANDOM_BITS = 24;

    public MacAddress {
        value = value.toLowerCase(Locale.ROOT);
        if (!ADDRESS.matcher(value).matches() || (Integer.parseInt(value.substring(0, 2), HEX) & MULTICAST) != 0) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "not the hardware address of one interface");
        }
    }

    /// One under QEMU's prefix.
    public static MacAddress random() {
        int number = ThreadLocalRandom.current().nextInt(1 << RANDOM_BITS);
        return new MacAddress("52:54:00:%02x:%02x:%02x".formatted(number >> 16, number >> 8 & 0xff, number & 0xff));
    }

    @Override
    public String toString() {
        return value;
    }
}
