package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// The state of a machine's devices, without its RAM, out of QEMU and into it: some hundred KiB, in
/// milliseconds. libvirt knows no such thing, so QEMU's monitor is asked through it.
final class DeviceStates {
    private static final Logger LOG = Logger.getLogger(DeviceStates.class);

    /// A state is loaded in 40 ms; a busy host may take its time.
    private static final Duration LOAD_DEADLINE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(5);
    private static final String NODE = "stasis-state";
    private static final String JOB = "stasis-load";

    private final Path exchange;

    /// @param exchange a directory that QEMU's user may write to
    DeviceStates(Path exchange) {
        this.exchange = exchange;
    }

    /// Of a machine that is paused. `live:false` matters: QEMU would close its disks otherwise.
    ByteBuffer save(Domain domain, InstanceId instance) throws LibvirtException {
        Path file = file(instance);
        try {
            new Monitor(domain).ask("xen-save-devices-state", Map.of("filename", file.toString(), "live", false));
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw HostFiles.failure("read the state of the devices", e);
        } finally {
            HostFiles.delete(file);
        }
    }

    /// Into a machine that was powered on with the RAM of that state and has not run yet.
    ///
    /// Not by `-incoming`: QEMU leaves its firmware empty then, which comes with the RAM of an ordinary
    /// migration, and the guest could never boot again. Not by `xen-load-devices-state` either: QEMU 7.2 aborts
    /// after it.
    void load(Domain domain, InstanceId instance, ByteBuffer state) throws LibvirtException {
        Path file = file(instance);
        Monitor monitor = new Monitor(domain);
        try {
            StateDisk.write(file, state);
            HostLayout.giveToQemu(file);
            monitor.ask(
                    "blockdev-add",
                    Map.of(
                            "driver",
                            "qcow2",
                            "node-name",
                            NODE,
                            "file",
                            Map.of("driver", "file", "filename", file.toString())));
            monitor.ask(
                    "snapshot-load",
                    Map.of("job-id", JOB, "tag", StateDisk.SNAPSHOT, "vmstate", NODE, "devices", List.of(NODE)));
            awaitLoaded(monitor);
            monitor.ask("job-dismiss", Map.of("id", JOB));
            monitor.ask("blockdev-del", Map.of("node-name", NODE));
        } catch (IOException e) {
            throw HostFiles.failure("write the state of the devices", e);
        } finally {
            HostFiles.delete(file);
        }
    }

    private static void awaitLoaded(Monitor monitor) throws LibvirtException {
        long end = System.nanoTime() + LOAD_DEADLINE.toNanos();
        while (true) {
            for (JsonNode job : monitor.ask("query-jobs", Map.of())) {
                if (job.path("id").asText().equals(JOB)
                        && job.path("status").asText().equals("concluded")) {
                    requireSuccess(job);
                    return;
                }
            }
            if (System.nanoTime() > end) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_UNAVAILABLE,
                        "the hypervisor did not take the state of the devices within " + LOAD_DEADLINE.toSeconds()
                                + " s");
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while the instance is restored", e);
            }
        }
    }

    private static void requireSuccess(JsonNode job) {
        if (job.has("error")) {
            LOG.warnf("QEMU refused a state said=%s", job.path("error").asText());
            throw new StasisException(
                    ErrorCode.HYPERVISOR_FAILED,
                    "the state of the devices does not fit this host's QEMU; the host's log says why");
        }
    }

    private Path file(InstanceId instance) {
        return exchange.resolve("d-" + instance.toString().substring(0, 18) + ".state");
    }
}
