package cloud.stasis.gateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which host takes a server.
class PlacementTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Host.Service OPEN = new Host.Service(true, Optional.empty(), false);
    private static final Load NEED = new Load(1, 1, ByteCount.ofGib(2));

    @Test
    void mostFreeMemoryGoesFirst() {
        Map<HostId, Load> loads = Map.of(new HostId("large"), new Load(1, 1, ByteCount.ofGib(14)));

        assertThat(placed(
                        List.of(host("large", 16, Duration.ZERO, OPEN), host("small", 8, Duration.ZERO, OPEN)), loads))
                .isEqualTo("small");
    }

    @Test
    void hostThatIsLateComesLast() {
        Host late = host("late", 64, Host.LATE.plusSeconds(1), OPEN);

        assertThat(placed(List.of(late, host("prompt", 8, Host.LATE, OPEN)), Map.of()))
                .isEqualTo("prompt");
        assertThat(placed(List.of(late, host("tiny", 1, Duration.ZERO, OPEN)), Map.of()))
                .as("a late one is better than none")
                .isEqualTo("late");
    }

    @Test
    void noneIsChosenThatIsSilentClosedOrFull() {
        List<Host> hosts = List.of(
                host("silent", 64, Host.SILENCE_LIMIT, OPEN),
                host("closed", 64, Duration.ZERO, OPEN.disabled(Optional.of("repair"))),
                host("down", 64, Duration.ZERO, OPEN.forcedDown(true)),
                host("full", 1, Duration.ZERO, OPEN));

        assertThatThrownBy(() -> placed(hosts, Map.of())).isInstanceOf(StasisException.class);
    }

    private static String placed(List<Host> hosts, Map<HostId, Load> loads) {
        return Placement.host(hosts, loads, NEED, NOW).id().value();
    }

    private static Host host(String id, int memoryGib, Duration silentFor, Host.Service service) {
        return new Host(
                new HostId(id),
                URI.create("http://" + id + ".example"),
                "QEMU 7.2.22",
                "kvm",
                8,
                ByteCount.ofGib(memoryGib),
                ByteCount.ofGib(100),
                ByteCount.ofGib(100),
                Optional.empty(),
                Optional.empty(),
                service,
                NOW.minus(Duration.ofDays(1)),
                NOW.minus(silentFor));
    }
}
