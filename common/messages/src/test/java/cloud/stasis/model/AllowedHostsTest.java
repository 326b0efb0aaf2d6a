package cloud.stasis.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
    private static final AllowedHosts HOSTS = AllowedHosts.of(
            List.of("images.example.org", "*.mirror.example", "odd.example:8080", "10.1.0.0/16", "[fd00::]/8"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://images.example.org/a.qcow2",
                "http://IMAGES.example.org:80/a",
                "https://se.mirror.example/x",
                "http://odd.example:8080/x",
                "http://10.1.2.3/x"
            })
    void whatIsListedIsAllowed(String uri) {
        assertThat(HOSTS.allows(URI.create(uri))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://images.example.org:8443/a",
                "https://images.example.org.evil.example/a",
                "https://evilimages.example.org/a",
                "https://mirror.example/a",
                "http://odd.example/x",
                "http://user@images.example.org/x",
                "ftp://images.example.org/x",
                "file:///etc/passwd",
                "http:///x",
                "http://10.2.0.1/x",
                "http://999.1.1.1/x",
                "http://127.0.0.1/x",
                "http://[::1]/x",
                "http://2130706433/x",
                "http://0x7f.1/x"
            })
    void nothingElseIs(String uri) {
        assertThat(HOSTS.allows(URI.create(uri))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"93.184.216.34", "2606:2800:220:1::1", "10.1.255.255", "fd12::1"})
    void aHostMayHaveTheseAddresses(String address) {
        assertThat(HOSTS.allows(InetAddress.ofLiteral(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.0.1",
                "0.0.0.0",
                "10.2.0.1",
                "192.168.1.1",
                "172.16.0.1",
                "169.254.169.254",
                "100.64.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "fe80::1",
                "fec0::1",
                "::",
                "2002:7f00:1::",
                "64:ff9b::7f00:1",
                "::ffff:127.0.0.1"
            })
    void andNotThese(String address) {
        assertThat(HOSTS.allows(InetAddress.ofLiteral(address))).isFalse();
    }

    @Test
    void anEmptyListAllowsNothing() {
        assertThat(AllowedHosts.of(List.of("", " ")).isEmpty()).isTrue();
        assertThat(AllowedHosts.of(List.of()).allows(URI.create("https://example.org/")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "https://x", "10.0.0.0/33", "x:99999", "*", "x/8", "-x"})
    void anEntryThatIsNoneIsRefused(String entry) {
        assertThatThrownBy(() -> AllowedHosts.of(List.of(entry))).isInstanceOf(StasisException.class);
    }
}
