package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.LiveInstants.Output;
import cloud.stasis.compute.hypervisor.LiveInstants.Series;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.QcowScratch;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// Instants of the disks by backup jobs of QEMU ([CopyJobs]). Each interval has a bitmap of its own on each disk
/// ([IntervalBitmaps]), which is kept until the instant at its end is safe elsewhere: so what has to be sent again
/// after any loss is the sum of those.
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

    private static final String NODE = "stasis-scratch-";

    private final InstanceId instance;
    private final Domain domain;
    private final Monitor monitor;
    private final CopyJobs jobs;
    private final IntervalBitmaps intervals;
    private final DeviceStates states;
    private final Path directory;
    private final Memory memory;
    private final SortedMap<DeviceName, Disk> disks;
    private final LibvirtOutput output;
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
        this.jobs = new CopyJobs(instance, monitor);
        this.intervals = new IntervalBitmaps(
                monitor, disks.values().stream().map(Disk::node).collect(Collectors.toUnmodifiableSet()));
        this.states = states;
        this.directory = directory;
        this.memory = memory;
        this.disks = disks;
        this.output = output;
    }

    /// What a former process was copying, and finds which intervals are recorded.
    void endLeft() throws LibvirtException {
        jobs.end();
        JsonNode nodes = monitor.ask("query-named-block-nodes", Map.of("flat", true));
        for (JsonNode node : nodes) {
            String name = node.path("node-name").asText();
            if (name.startsWith(NODE)) {
                monitor.tries("blockdev-del", Map.of("node-name", name));
            }
        }
        for (Path left : HostFiles.list(directory)) {
            if (left.getFileName().toString().startsWith(prefix())) {
                HostFiles.delete(left);
            }
        }
        intervals.find(nodes);
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
        return intervals.recorded();
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
        disks.forEach((target, disk) -> {
            intervals.begin(disk.node(), instant, actions);
            Optional<String> written = since.map(from -> intervals.since(disk.node(), from, actions));
            actions.add(CopyJobs.begin(target, disk.node(), NODE + target, written));
        });
        call("cut the disks", () -> monitor.together(actions));
        copies = true;
        intervals.began(instant);
    }

    @Override
    public Map<DeviceName, Path> awaitDisks() {
        return ask("copy what the guest wrote", () -> {
            jobs.await();
            Map<DeviceName, Path> copied = new TreeMap<>(prepared);
            endCopies();
            prepared.clear();
            return copied;
        });
    }

    private void endCopies() throws LibvirtException {
        if (copies) {
            jobs.end();
            intervals.removeSums();
        }
        copies = false;
        for (DeviceName target : prepared.keySet()) {
            monitor.tries("blockdev-del", Map.of("node-name", NODE + target));
        }
    }

    @Override
    public void forgetBefore(long instant) {
        call("forget what was written", () -> intervals.forgetBefore(instant));
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
