package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.LiveInstants;
import cloud.stasis.compute.machine.Ram;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// Through QEMU's monitor: libvirt's own calls for the same take a hundred milliseconds. Nothing of it is known to
/// libvirt: what is added to a machine goes with its process, or is found by its name.
final class LibvirtInstants implements LiveInstants {
    private static final int NO_FLAGS = 0;

    private final LibvirtConnection libvirt;
    private final DeviceStates states;
    private final Path scratch;

    /// @param scratch a directory that QEMU's user may write to
    LibvirtInstants(LibvirtConnection libvirt, DeviceStates states, Path scratch) {
        this.libvirt = libvirt;
        this.states = states;
        this.scratch = scratch;
    }

    @Override
    public Series open(InstanceId instance, Output output) {
        Domain domain = libvirt.existing(instance);
        try {
            if (domain.isActive() != 1) {
                throw new StasisException(ErrorCode.WRONG_STATE, "the instance is off");
            }
            Xml xml = Xml.parse(domain.getXMLDesc(NO_FLAGS));
            ByteCount size = ByteCount.ofKib(domain.getMaxMemory());
            Monitor monitor = new Monitor(domain);
            LibvirtOutput held = new LibvirtOutput(monitor, netdevs(xml));
            held.become(output);
            LibvirtSeries series = new LibvirtSeries(
                    instance,
                    domain,
                    states,
                    scratch,
                    new LibvirtSeries.Memory(
                            ram(xml, instance, size), size, SharedMemory.process(DomainXml.name(instance))),
                    disks(monitor, xml),
                    held);
            series.endLeft();
            return series;
        } catch (LibvirtException e) {
            LibvirtConnection.release(domain);
            throw LibvirtConnection.failure("look at the instance", e);
        } catch (RuntimeException e) {
            LibvirtConnection.release(domain);
            throw e;
        }
    }

    @Override
    public void clear(InstanceId instance) {
        try (Series series = open(instance, Output.FREE)) {
            series.forgetBefore(Long.MAX_VALUE);
        }
    }

    private static Path ram(Xml xml, InstanceId instance, ByteCount size) {
        return switch (DomainXml.ram(xml).orElse(null)) {
            case Ram.InFile in -> in.file();
            case Ram.InMemory _ -> SharedMemory.of(DomainXml.name(instance), size);
            case null ->
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "the host keeps the memory of the instance where only the hypervisor sees it: power it off and"
                                + " on, on a host that does not");
        };
    }

    private static List<String> netdevs(Xml xml) {
        return devices(xml, "interface").stream()
                .map(nic -> "host" + alias(nic))
                .toList();
    }

    private static List<Xml> devices(Xml xml, String name) {
        return xml.child("devices").map(devices -> devices.all(name)).orElse(List.of());
    }

    private static String alias(Xml device) {
        return device.child("alias").map(alias -> alias.attribute("name")).orElse("");
    }

    private static SortedMap<DeviceName, LibvirtSeries.Disk> disks(Monitor monitor, Xml xml) throws LibvirtException {
        JsonNode blocks = monitor.ask("query-block", Map.of());
        SortedMap<DeviceName, LibvirtSeries.Disk> disks = new TreeMap<>();
        for (Xml disk : devices(xml, "disk")) {
            if (disk.attribute("device").equals("disk")) {
                DeviceName target = new DeviceName(
                        disk.child("target").map(of -> of.attribute("dev")).orElse(""));
                disks.put(target, disk(blocks, alias(disk)));
            }
        }
        return disks;
    }

    private static LibvirtSeries.Disk disk(JsonNode blocks, String alias) {
        List<LibvirtSeries.Disk> found = new ArrayList<>();
        for (JsonNode block : blocks) {
            JsonNode inserted = block.path("inserted");
            if (block.path("qdev").asText().contains("/" + alias + "/") && inserted.has("node-name")) {
                found.add(new LibvirtSeries.Disk(
                        inserted.path("node-name").asText(),
                        ByteCount.ofBytes(
                                inserted.path("image").path("virtual-size").asLong())));
            }
        }
        if (found.size() != 1) {
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "the hypervisor does not tell of a disk");
        }
        return found.getFirst();
    }
}
