package cloud.stasis.model;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// From which hosts images may be fetched. An empty list allows none.
///
/// ```
/// images.example.org          this host, on the standard port of its scheme
/// images.example.org:8080     this host, on this port
/// *.example.org               every host below it, on the standard port
/// 10.0.0.0/8, 192.0.2.7       hosts may have these addresses, although they are not public
/// ```
/// A name of the list may lead anywhere, whoever runs its DNS: an address that is not public is only gone to if it is
/// listed as well.
public final class AllowedHosts {
    /// An allow-list that is longer is a mistake.
    private static final int MOST = 1000;

    private final List<Name> names = new ArrayList<>();
    private final List<Network> networks = new ArrayList<>();

    private record Name(String host, int port) {
        boolean allows(String asked, int askedPort) {
            boolean isHost = host.startsWith("*.") ? asked.endsWith(host.substring(1)) : asked.equals(host);
            return isHost && (port == askedPort || port < 0 && (askedPort == 80 || askedPort == 443));
        }
    }

    private record Network(byte[] address, int bits) {
        boolean contains(InetAddress other) {
            byte[] bytes = other.getAddress();
            if (bytes.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((bytes[bit / 8] & mask) != (address[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Network network && network.bits == bits && Arrays.equals(network.address, address);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(address) * 31 + bits;
        }
    }

    private AllowedHosts() {}

    /// @throws StasisException `INVALID_REQUEST` if an entry is none of the forms
    public static AllowedHosts of(List<String> entries) {
        if (entries.size() > MOST) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "at most " + MOST + " hosts are allowed");
        }
        AllowedHosts hosts = new AllowedHosts();
        entries.stream().map(String::strip).filter(entry -> !entry.isEmpty()).forEach(hosts::add);
        return hosts;
    }

    public boolean isEmpty() {
        return names.isEmpty() && networks.isEmpty();
    }

    /// Whether something may be fetched from there at all.
    public boolean allows(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        if (host == null || uri.getRawUserInfo() != null || !scheme.equals("http") && !scheme.equals("https")) {
            return false;
        }
        String asked = host.toLowerCase(Locale.ROOT);
        int port = port(uri);
        return isAddress(asked) ? allowsAddress(asked) : names.stream().anyMatch(name -> name.allows(asked, port));
    }

    /// Whether a host that is allowed may be gone to at this address of its.
    public boolean allows(InetAddress address) {
        return isPublic(address) || networks.stream().anyMatch(network -> network.contains(address));
    }

    private boolean allowsAddress(String text) {
        try {
            InetAddress address = literal(text);
            return networks.stream().anyMatch(network -> network.contains(address));
        } catch (StasisException e) {
            return false;
        }
    }

    /// The port that a URI means.
    public static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private void add(String entry) {
        String text = entry.toLowerCase(Locale.ROOT);
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (isAddress(host)) {
            byte[] address = literal(host).getAddress();
            int bits = slash < 0 ? address.length * 8 : number(entry, text.substring(slash + 1));
            if (bits > address.length * 8) {
                throw wrong(entry);
            }
            networks.add(new Network(address, bits));
            return;
        }
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        if (slash >= 0 || !name.matches("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
            throw wrong(entry);
        }
        names.add(new Name(name, colon < 0 ? -1 : number(entry, text.substring(colon + 1))));
    }

    /// What nobody outside of a site has. Also what IPv4 is wrapped into.
    private static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean isSpecial = address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress();
        if (isSpecial) {
            return false;
        }
        if (address instanceof Inet4Address) {
            int first = bytes[0] & 0xff;
            int second = bytes[1] & 0xff;
            boolean isShared = first == 100 && second >= 64 && second < 128;
            boolean isForTests = first == 198 && (second == 18 || second == 19);
            return first != 0 && first < 240 && !isShared && !isForTests;
        }
        boolean isUnique = (bytes[0] & 0xfe) == 0xfc;
        // 2000::/3 is what was ever given out; 2002::/16 and 64:ff9b::/96 lead to IPv4.
        boolean isGivenOut = (bytes[0] & 0xe0) == 0x20 && !(bytes[0] == 0x20 && bytes[1] == 0x02);
        return isGivenOut && !isUnique;
    }

    private static boolean isAddress(String host) {
        return host.matches("\\d{1,3}(\\.\\d{1,3}){3}") || host.startsWith("[") && host.endsWith("]");
    }

    /// Never asks a name server: it is an address.
    ///
    /// @throws StasisException `INVALID_REQUEST` if it only looks like one
    private static InetAddress literal(String address) {
        String bare = address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
        try {
            return InetAddress.ofLiteral(bare);
        } catch (IllegalArgumentException e) {
            throw wrong(address);
        }
    }

    private static int number(String entry, String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
            throw wrong(entry);
        }
        return Integer.parseInt(text);
    }

    private static StasisException wrong(String entry) {
        return new StasisException(
                ErrorCode.INVALID_REQUEST, entry + " is no host, host and port, address or network to be allowed");
    }
}
