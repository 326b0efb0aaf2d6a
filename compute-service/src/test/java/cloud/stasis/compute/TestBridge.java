package cloud.stasis.compute;

import cloud.stasis.compute.hypervisor.Bridges;
import cloud.stasis.disks.Program;
import cloud.stasis.model.NetworkId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/// A bridge of this machine that leads nowhere, with an address of the machine itself on it.
record TestBridge(String name) implements AutoCloseable {
    static final NetworkId NETWORK = NetworkId.random();
    private static final Duration TOOL = Duration.ofSeconds(60);

    /// A machine on which one may not make bridges has no networks.
    static TestBridge make() {
        TestBridge bridge = withoutAddress();
        RealHost.tool("ip", "address", "add", "10.99.0.1/24", "dev", bridge.name());
        return bridge;
    }

    /// On which the machine itself has no address, so that several may be there at a time.
    static TestBridge withoutAddress() {
        TestBridge bridge = new TestBridge("stt" + ProcessHandle.current().pid() % 1_000_000_000);
        int exit = Program.end(TOOL, List.of("ip", "link", "add", bridge.name(), "type", "bridge"))
                .exit();
        Assumptions.assumeTrue(exit == 0, "no right to make a bridge");
        RealHost.tool("ip", "link", "set", bridge.name(), "up");
        return bridge;
    }

    Bridges bridges() {
        return new Bridges(Map.of(NETWORK, name));
    }

    @Override
    public void close() {
        RealHost.tool("ip", "link", "delete", name);
    }
}
