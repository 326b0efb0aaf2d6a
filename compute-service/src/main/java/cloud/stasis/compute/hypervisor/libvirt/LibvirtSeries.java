package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.LiveInstants.Output;
import cloud.stasis.compute.hypervisor.LiveInstants.Series;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.QcowScratch;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// Instants of the disks by backup jobs of QEMU. Each interval has a bitmap of its own on each disk, which is kept
/// until the instant at its end is safe elsewhere: so what has to be sent again after any loss is the sum of those.
///
/// ```
///  bitmap N    written after instant N and before instant N + 1
///  instant M   add bitmap M, stop bitmap M - 1, copy what is in bitmaps since .. M - 1: one transaction
/// ```
///
/// The copies go into files beside the guest, never to another process: a guest that writes where QEMU has not copied
/// yet waits for that copy, and fails if it fails.
final class LibvirtSeries implements Series {
    private static final Logger LOG = Logger.getLogger(LibvirtSeries.class);

    private static final String BITMAP = "stasis-instant-";
    private static final String SUM = "stasis-sum";
    private static final String JOB = "stasis-copy-";
    private static final String NODE = "stasis-scratch-";

    /// Of a disk of a TiB that is copied whole.
    private static final Duration COPY_DEADLINE = Duration.ofHours(6);

    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(4);

    private final InstanceId instance;
    private final Domain domain;
    private final Monitor monitor;
    private final DeviceStates states;
    private final Path directory;
    private final Memory memory;
    private final SortedMap<DeviceName, Disk> disks;
    private final LibvirtOutput output;
    private final SortedSet<Long> recorded = new TreeSet<>();
    private final SortedMap<DeviceName, Path> prepared = new TreeMap<>();
    private boolean copies;

    /// @param node by which QEMU knows what the guest writes to
    record Disk(String node, ByteCount size) {}

    record Memory(Path ram, ByteCount size, long process) {}

    LibvirtSeries(
            InstanceId instance,
            Domain domain,
            DeviceStates states,
            Path directory,
            Memory memory,
            SortedMap<DeviceName, Disk> disks,
            LibvirtOutput output) {
        this.instance = instance;
        this.domain = domain;
        this.monitor = new Monitor(domain);
        this.states = states;
        this.directory = directory;
        this.memory = memory;
        this.disks = disks;
        this.output = output;
    }

    /// What a former process was copying, and finds which intervals are recorded.
    void endLeft() throws LibvirtException {
        endJobs();
        Map<String, Set<Long>> known = new HashMap<>();
        for (JsonNode node : nodes()) {
            String name = node.path("node-name").asText();
            if (name.startsWith(NODE)) {
                monitor.tries("blockdev-del", Map.of("node-name", name));
            }
            for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                String of = bitmap.path("name").asText();
                if (of.equals(SUM)) {
                    removeBitmap(name, SUM);
                } else if (of.startsWith(BITMAP)) {
                    known.computeIfAbsent(name, _ -> new HashSet<>())
                            .add(Long.parseLong(of.substring(BITMAP.length())));
                }
            }
        }
        for (Path left : HostFiles.list(directory)) {
            if (left.getFileName().toString().startsWith(prefix())) {
                HostFiles.delete(left);
            }
        }
        recorded.clear();
        recorded.addAll(known.getOrDefault(disks.firstEntry().getValue().node(), Set.of()));
        disks.values().forEach(disk -> recorded.retainAll(known.getOrDefault(disk.node(), Set.of())));
        Set<String> used = new HashSet<>(disks.values().stream().map(Disk::node).toList());
        for (Map.Entry<String, Set<Long>> node : known.entrySet()) {
            for (Long instant : node.getValue()) {
                if (!used.contains(node.getKey()) || !recorded.contains(instant)) {
                    removeBitmap(node.getKey(), BITMAP + instant);
                }
            }
        }
        keepLastRow();
    }

    /// An interval that is missing makes all before it useless.
    private void keepLastRow() throws LibvirtException {
        if (recorded.isEmpty()) {
            return;
        }
        long first = recorded.last();
        while (recorded.contains(first - 1)) {
            first--;
        }
        drop(first);
    }

    private JsonNode nodes() throws LibvirtException {
        return monitor.ask("query-named-block-nodes", Map.of("flat", true));
    }

    private void removeBitmap(String node, String name) throws LibvirtException {
        monitor.tries("block-dirty-bitmap-remove", Map.of("node", node, "name", name));
    }

    @Override
    public Path ram() {
        return memory.ram();
    }

    @Override
    public ByteCount ramSize() {
        return memory.size();
    }

    @Override
    public long process() {
        return memory.process();
    }

    @Override
    public Object identity() {
        return List.of(memory, Map.copyOf(disks));
    }

    @Override
    public SortedMap<DeviceName, ByteCount> disks() {
        SortedMap<DeviceName, ByteCount> sizes = new TreeMap<>();
        disks.forEach((target, disk) -> sizes.put(target, disk.size()));
        return sizes;
    }

    @Override
    public SortedSet<Long> recorded() {
        return new TreeSet<>(recorded);
    }

    @Override
    public void prepareDisks(long instant) {
        call("prepare a copy of the disks", () -> {
            for (Map.Entry<DeviceName, Disk> disk : disks.entrySet()) {
                Path file = directory.resolve(prefix() + disk.getKey());
                QcowScratch.create(file, disk.getValue().size());
                HostLayout.giveToQemu(file);
                prepared.put(disk.getKey(), file);
                monitor.ask(
                        "blockdev-add",
                        Map.of(
                                "driver",
                                "qcow2",
                                "node-name",
                                NODE + disk.getKey(),
                                "file",
                                Map.of("driver", "file", "filename", file.toString())));
            }
        });
    }

    private String prefix() {
        return "p-" + instance.toString().substring(0, 18) + "-";
    }

    @Override
    public void pause() {
        call("pause the instance", () -> monitor.ask("stop", Map.of()));
    }

    @Override
    public void goOn() {
        call("resume the instance", () -> monitor.ask("cont", Map.of()));
    }

    @Override
    public ByteBuffer deviceState() {
        return ask("save the state of the devices", () -> states.save(domain, instance));
    }

    @Override
    public void cutDisks(long instant, Optional<Long> since) {
        List<Map<String, Object>> actions = new ArrayList<>();
        disks.forEach((target, disk) -> cut(target, disk.node(), instant, since, actions));
        call("cut the disks", () -> monitor.together(actions));
        copies = true;
        recorded.add(instant);
    }

    private void cut(
            DeviceName target, String node, long instant, Optional<Long> since, List<Map<String, Object>> actions) {
        if (!recorded.isEmpty()) {
            actions.add(Monitor.action(
                    "block-dirty-bitmap-disable", Map.of("node", node, "name", BITMAP + recorded.last())));
        }
        actions.add(Monitor.action(
                "block-dirty-bitmap-add",
                Map.of("node", node, "name", BITMAP + instant, "granularity", QcowScratch.CLUSTER)));
        Map<String, Object> backup = new HashMap<>(
                Map.of("job-id", JOB + target, "device", node, "target", NODE + target, "auto-dismiss", false));
        if (since.isEmpty()) {
            backup.put("sync", "full");
        } else {
            backup.put("sync", "bitmap");
            backup.put("bitmap-mode", "never");
            backup.put("bitmap", summed(node, since.get(), actions));
        }
        actions.add(Monitor.action("blockdev-backup", backup));
    }

    /// The bitmap of all that was written since an instant.
    private String summed(String node, long since, List<Map<String, Object>> actions) {
        SortedSet<Long> intervals = recorded.tailSet(since);
        if (intervals.isEmpty() || intervals.first() != since) {
            throw new StasisException(ErrorCode.INTERNAL, "it was not recorded what was written since " + since);
        }
        if (intervals.size() == 1) {
            return BITMAP + since;
        }
        actions.add(Monitor.action(
                "block-dirty-bitmap-add",
                Map.of("node", node, "name", SUM, "granularity", QcowScratch.CLUSTER, "disabled", true)));
        actions.add(Monitor.action(
                "block-dirty-bitmap-merge",
                Map.of(
                        "node",
                        node,
                        "target",
                        SUM,
                        "bitmaps",
                        intervals.stream().map(interval -> BITMAP + interval).toList())));
        return SUM;
    }

    @Override
    public Map<DeviceName, Path> awaitDisks() {
        return ask("copy what the guest wrote", () -> {
            awaitJobs(COPY_DEADLINE);
            Map<DeviceName, Path> copied = new TreeMap<>(prepared);
            endCopies();
            prepared.clear();
            return copied;
        });
    }

    private void awaitJobs(Duration deadline) throws LibvirtException {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            List<JsonNode> jobs = jobs();
            boolean allDone = true;
            for (JsonNode job : jobs) {
                allDone &= job.path("status").asText().equals("concluded");
            }
            if (allDone) {
                for (JsonNode job : jobs) {
                    if (job.has("error")) {
                        LOG.warnf(
                                "QEMU could not copy a disk instanceId=%s said=%s",
                                instance, job.path("error").asText());
                        throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "what the guest wrote was not copied");
                    }
                }
                return;
            }
            if (System.nanoTime() > end) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_UNAVAILABLE, "the hypervisor copies what the guest wrote for too long");
            }
            pause(POLL);
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while disks are copied", e);
        }
    }

    private List<JsonNode> jobs() throws LibvirtException {
        List<JsonNode> ours = new ArrayList<>();
        for (JsonNode job : monitor.ask("query-jobs", Map.of())) {
            if (job.path("id").asText().startsWith(JOB)) {
                ours.add(job);
            }
        }
        return ours;
    }

    private void endJobs() throws LibvirtException {
        List<JsonNode> jobs = jobs();
        for (JsonNode job : jobs) {
            if (!job.path("status").asText().equals("concluded")) {
                monitor.tries("job-cancel", Map.of("id", job.path("id").asText()));
            }
        }
        if (!jobs.isEmpty()) {
            try {
                awaitJobs(CANCEL_DEADLINE);
            } catch (StasisException e) {
                // It was cancelled.
            }
            for (JsonNode job : jobs) {
                monitor.tries("job-dismiss", Map.of("id", job.path("id").asText()));
            }
        }
    }

    private void endCopies() throws LibvirtException {
        if (copies) {
            endJobs();
            for (Disk disk : disks.values()) {
                removeBitmap(disk.node(), SUM);
            }
        }
        copies = false;
        for (DeviceName target : prepared.keySet()) {
            monitor.tries("blockdev-del", Map.of("node-name", NODE + target));
        }
    }

    @Override
    public void forgetBefore(long instant) {
        call("forget what was written", () -> drop(instant));
    }

    private void drop(long before) throws LibvirtException {
        for (Long past : List.copyOf(recorded.headSet(before))) {
            for (Disk disk : disks.values()) {
                removeBitmap(disk.node(), BITMAP + past);
            }
            recorded.remove(past);
        }
    }

    @Override
    public boolean putAside() {
        return ask("hold what the guest sends", output::putAside);
    }

    @Override
    public void letOut() {
        call("let out what the guest sent", output::letOut);
    }

    @Override
    public void release() {
        call("let out what the guest sent", () -> output.become(Output.FREE));
    }

    @Override
    public void close() {
        try {
            if (domain.isActive() == 1) {
                endCopies();
            }
        } catch (LibvirtException | StasisException e) {
            LOG.debugf(e, "The copies of a machine that is gone need no end instanceId=%s", instance);
        } finally {
            prepared.values().forEach(HostFiles::delete);
            LibvirtConnection.release(domain);
        }
    }

    private interface Work<R> {
        R done() throws LibvirtException;
    }

    private interface Step {
        void done() throws LibvirtException;
    }

    private static void call(String attempted, Step step) {
        ask(attempted, () -> {
            step.done();
            return true;
        });
    }

    private static <R> R ask(String attempted, Work<R> work) {
        try {
            return work.done();
        } catch (LibvirtException e) {
            throw LibvirtConnection.failure(attempted, e);
        }
    }
}
