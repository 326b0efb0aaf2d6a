package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.libvirt.LibvirtException;

/// The jobs of QEMU (`blockdev-backup`) that copy what a machine wrote, one for each disk.
final class CopyJobs {
    private static final Logger LOG = Logger.getLogger(CopyJobs.class);
    private static final String JOB = "stasis-copy-";

    /// Of a disk of a TiB that is copied whole.
    private static final Duration COPY_DEADLINE = Duration.ofHours(6);

    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(4);

    private final InstanceId instance;
    private final Monitor monitor;

    CopyJobs(InstanceId instance, Monitor monitor) {
        this.instance = instance;
        this.monitor = monitor;
    }

    /// The action of a transaction that begins one.
    ///
    /// @param bitmap names what is copied; all of the disk if there is none
    static Map<String, Object> begin(DeviceName target, String from, String to, Optional<String> bitmap) {
        Map<String, Object> backup =
                new HashMap<>(Map.of("job-id", JOB + target, "device", from, "target", to, "auto-dismiss", false));
        if (bitmap.isEmpty()) {
            backup.put("sync", "full");
        } else {
            backup.put("sync", "bitmap");
            backup.put("bitmap-mode", "never");
            backup.put("bitmap", bitmap.get());
        }
        return Monitor.action("blockdev-backup", backup);
    }

    /// Waits until all have copied all.
    ///
    /// @throws StasisException `HYPERVISOR_FAILED` if one could not
    void await() throws LibvirtException {
        await(COPY_DEADLINE);
    }

    private void await(Duration deadline) throws LibvirtException {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            List<JsonNode> jobs = jobs();
            if (jobs.stream().allMatch(CopyJobs::isConcluded)) {
                requireSuccess(jobs);
                return;
            }
            if (System.nanoTime() > end) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_UNAVAILABLE, "the hypervisor copies what the guest wrote for too long");
            }
            pause();
        }
    }

    private static boolean isConcluded(JsonNode job) {
        return job.path("status").asText().equals("concluded");
    }

    private void requireSuccess(List<JsonNode> jobs) {
        for (JsonNode job : jobs) {
            if (job.has("error")) {
                LOG.warnf(
                        "QEMU could not copy a disk instanceId=%s said=%s",
                        instance, job.path("error").asText());
                throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "what the guest wrote was not copied");
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while disks are copied", e);
        }
    }

    /// Cancels those at work, and QEMU knows none of them afterwards.
    void end() throws LibvirtException {
        List<JsonNode> jobs = jobs();
        for (JsonNode job : jobs) {
            if (!isConcluded(job)) {
                monitor.tries("job-cancel", Map.of("id", job.path("id").asText()));
            }
        }
        if (!jobs.isEmpty()) {
            try {
                await(CANCEL_DEADLINE);
            } catch (StasisException e) {
                // It was cancelled.
            }
            for (JsonNode job : jobs) {
                monitor.tries("job-dismiss", Map.of("id", job.path("id").asText()));
            }
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
}
