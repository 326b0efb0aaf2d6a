package cloud.stasis.gateway.device;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.OperatorNetwork;
import cloud.stasis.model.StasisException;
import java.util.Set;

/// A network that servers can be plugged into.
///
/// @param name that tenants see
/// @param base the first address of its range
/// @param prefix how many bits all its addresses share
public record Network(NetworkId id, String name, int base, int prefix) {
    private static final int BITS = 32;
    /// Room for a router, and for one server.
    private static final int LONGEST_PREFIX = 29;

    private static final int SHORTEST_PREFIX = 8;
    private static final int BYTE = 0xff;
    /// The first is the network's own, the second the router's if there is one.
    private static final int FIRST_FREE = 2;

    public static Network of(OperatorNetwork configured) {
        String[] parts = configured.cidr().split("/", 2);
        int prefix = Integer.parseInt(parts[1]);
        if (prefix < SHORTEST_PREFIX || prefix > LONGEST_PREFIX) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "network " + configured.name() + " must have a prefix of " + SHORTEST_PREFIX + " to "
                            + LONGEST_PREFIX + " bits");
        }
        return new Network(configured.id(), configured.name(), number(parts[0]) & mask(prefix), prefix);
    }

    private static int mask(int prefix) {
        return -1 << (BITS - prefix);
    }

    /// @throws StasisException `INVALID_REQUEST`
    private static int number(String address) {
        int number = 0;
        for (String part : address.split("\\.", -1)) {
            int value = part.matches("\\d{1,3}") ? Integer.parseInt(part) : -1;
            if (value < 0 || value > BYTE) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "not an IPv4 address");
            }
            number = number << 8 | value;
        }
        return number;
    }

    private static String text(int address) {
        return (address >>> 24) + "." + (address >>> 16 & BYTE) + "." + (address >>> 8 & BYTE) + "." + (address & BYTE);
    }

    public String cidr() {
        return text(base) + "/" + prefix;
    }

    public String netmask() {
        return text(mask(prefix));
    }

    /// The address that a router would have.
    public String gateway() {
        return text(base + 1);
    }

    public String broadcast() {
        return text(base | ~mask(prefix));
    }

    /// The first address that is not taken.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    String free(Set<String> taken) {
        int size = 1 << (BITS - prefix);
        for (int offset = FIRST_FREE; offset < size - 1; offset++) {
            String address = text(base + offset);
            if (!taken.contains(address)) {
                return address;
            }
        }
        throw new StasisException(ErrorCode.QUOTA_EXCEEDED, "No fixed IP addresses available for network: " + id + ".");
    }

    /// Whether a server may have this address, written as we do.
    boolean isMine(String address) {
        try {
            return mine(address).equals(address);
        } catch (StasisException e) {
            return false;
        }
    }

    /// The address as we write it, if it is one of this network's that servers may have.
    ///
    /// @throws StasisException `INVALID_REQUEST`
    String mine(String address) {
        if (!address.matches("(\\d{1,3}\\.){3}\\d{1,3}")) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "Fixed IP address is invalid.");
        }
        int offset = number(address) - base;
        if (offset < FIRST_FREE || offset >= (1 << (BITS - prefix)) - 1) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Fixed IP address " + address + " is not a valid ip address for network " + id + ".");
        }
        return text(number(address));
    }
}
