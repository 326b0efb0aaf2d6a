package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.LiveInstants.Output;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.libvirt.LibvirtException;

/// What the guest sends, held in two buffers of QEMU in a row:
///
/// ```
///  guest ──> catch: since the last instant that was put aside ──> aside: before it ──> network
/// ```
///
/// With one buffer alone, letting out what an acknowledged instant covers would let out what came after it, too. A
/// buffer is emptied into the next by switching it off and on. QEMU empties it by itself after [#INTERVAL_MICROS],
/// the longest that it knows: 71 minutes.
final class LibvirtOutput {
    private static final long INTERVAL_MICROS = 4_294_967_295L;
    private static final String ASIDE = "stasis-aside-";
    private static final String CATCH = "stasis-catch-";

    private final Monitor monitor;
    private final List<String> netdevs;
    private boolean holds;
    private boolean hasPutAside;

    /// @param netdevs of its network interfaces, by QEMU's names
    LibvirtOutput(Monitor monitor, List<String> netdevs) {
        this.monitor = monitor;
        this.netdevs = netdevs;
    }

    /// Repeatable. What a former process put aside may wait for nothing any more, and stays for the next instant.
    synchronized void become(Output output) throws LibvirtException {
        Set<String> there = new HashSet<>();
        for (JsonNode object : monitor.ask("qom-list", Map.of("path", "/objects"))) {
            there.add(object.path("name").asText());
        }
        holds = output == Output.HELD;
        for (String netdev : netdevs) {
            for (String kind : holds ? List.of(ASIDE, CATCH) : List.of(CATCH, ASIDE)) {
                String id = kind + netdev;
                if (holds && !there.contains(id)) {
                    add(id, netdev);
                } else if (!holds && there.contains(id)) {
                    set(id, "off");
                    monitor.ask("object-del", Map.of("id", id));
                }
            }
        }
    }

    private void add(String id, String netdev) throws LibvirtException {
        monitor.ask(
                "object-add",
                Map.of(
                        "qom-type",
                        "filter-buffer",
                        "id",
                        id,
                        "netdev",
                        netdev,
                        "queue",
                        "rx",
                        "interval",
                        INTERVAL_MICROS));
    }

    synchronized boolean putAside() throws LibvirtException {
        if (!holds || netdevs.isEmpty() || hasPutAside) {
            return false;
        }
        empty(CATCH);
        hasPutAside = true;
        return true;
    }

    synchronized void letOut() throws LibvirtException {
        if (hasPutAside) {
            empty(ASIDE);
            hasPutAside = false;
        }
    }

    private void empty(String kind) throws LibvirtException {
        List<StasisException> refused = new ArrayList<>();
        for (String netdev : netdevs) {
            try {
                set(kind + netdev, "off");
                set(kind + netdev, "on");
            } catch (StasisException e) {
                // An interface that has just gone.
                refused.add(e);
            }
        }
        if (refused.size() == netdevs.size()) {
            throw refused.getFirst();
        }
    }

    private void set(String id, String status) throws LibvirtException {
        monitor.ask("qom-set", Map.of("path", "/objects/" + id, "property", "status", "value", status));
    }
}
