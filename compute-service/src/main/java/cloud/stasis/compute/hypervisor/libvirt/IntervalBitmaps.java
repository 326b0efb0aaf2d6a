package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.disks.QcowScratch;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.libvirt.LibvirtException;

/// Bitmaps of QEMU, one for each disk and interval: what was written after an instant and before the next one. What
/// was written since an instant is the sum of all from there on, so an interval that is missing makes all before it
/// useless.
final class IntervalBitmaps {
    private static final String BITMAP = "stasis-instant-";
    private static final String SUM = "stasis-sum";

    private final Monitor monitor;

    /// The disks, as QEMU knows them.
    private final Set<String> nodes;

    private final SortedSet<Long> recorded = new TreeSet<>();

    IntervalBitmaps(Monitor monitor, Set<String> nodes) {
        this.monitor = monitor;
        this.nodes = nodes;
    }

    /// The instants since which it is known what was written.
    SortedSet<Long> recorded() {
        return new TreeSet<>(recorded);
    }

    /// Finds what a former process had recorded, and removes what is of no use.
    ///
    /// @param known all nodes that QEMU has
    void find(JsonNode known) throws LibvirtException {
        Map<String, Set<Long>> found = new HashMap<>();
        for (JsonNode node : known) {
            String name = node.path("node-name").asText();
            for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                String of = bitmap.path("name").asText();
                if (of.equals(SUM)) {
                    remove(name, SUM);
                } else if (of.startsWith(BITMAP)) {
                    found.computeIfAbsent(name, _ -> new HashSet<>())
                            .add(Long.parseLong(of.substring(BITMAP.length())));
                }
            }
        }
        recorded.clear();
        found.values().forEach(recorded::addAll);
        nodes.forEach(node -> recorded.retainAll(found.getOrDefault(node, Set.of())));
        for (Map.Entry<String, Set<Long>> node : found.entrySet()) {
            for (Long instant : node.getValue()) {
                if (!nodes.contains(node.getKey()) || !recorded.contains(instant)) {
                    remove(node.getKey(), BITMAP + instant);
                }
            }
        }
        keepLastRow();
    }

    private void keepLastRow() throws LibvirtException {
        if (recorded.isEmpty()) {
            return;
        }
        long first = recorded.last();
        while (recorded.contains(first - 1)) {
            first--;
        }
        forgetBefore(first);
    }

    /// Adds the actions that end the interval of a disk and begin the next one, at this instant.
    void begin(String node, long instant, List<Map<String, Object>> actions) {
        if (!recorded.isEmpty()) {
            actions.add(Monitor.action(
                    "block-dirty-bitmap-disable", Map.of("node", node, "name", BITMAP + recorded.last())));
        }
        actions.add(Monitor.action(
                "block-dirty-bitmap-add",
                Map.of("node", node, "name", BITMAP + instant, "granularity", QcowScratch.CLUSTER)));
    }

    /// Adds the actions that make the bitmap of all that was written to a disk since an instant, if it is not one
    /// that is there.
    ///
    /// @return its name
    String since(String node, long instant, List<Map<String, Object>> actions) {
        SortedSet<Long> intervals = recorded.tailSet(instant);
        if (intervals.isEmpty() || intervals.first() != instant) {
            throw new StasisException(ErrorCode.INTERNAL, "it was not recorded what was written since " + instant);
        }
        if (intervals.size() == 1) {
            return BITMAP + instant;
        }
        actions.add(Monitor.action(
                "block-dirty-bitmap-add",
                Map.of("node", node, "name", SUM, "granularity", QcowScratch.CLUSTER, "disabled", true)));
        List<String> bitmaps =
                intervals.stream().map(interval -> BITMAP + interval).toList();
        actions.add(
                Monitor.action("block-dirty-bitmap-merge", Map.of("node", node, "target", SUM, "bitmaps", bitmaps)));
        return SUM;
    }

    /// The actions of [#begin] were carried out on all disks.
    void began(long instant) {
        recorded.add(instant);
    }

    void removeSums() throws LibvirtException {
        for (String node : nodes) {
            remove(node, SUM);
        }
    }

    void forgetBefore(long instant) throws LibvirtException {
        for (Long past : List.copyOf(recorded.headSet(instant))) {
            for (String node : nodes) {
                remove(node, BITMAP + past);
            }
            recorded.remove(past);
        }
    }

    private void remove(String node, String name) throws LibvirtException {
        monitor.tries("block-dirty-bitmap-remove", Map.of("node", node, "name", name));
    }
}
