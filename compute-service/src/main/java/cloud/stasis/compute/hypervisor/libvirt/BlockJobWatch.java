package cloud.stasis.compute.hypervisor.libvirt;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.libvirt.Domain;
import org.libvirt.DomainBlockJobInfo;
import org.libvirt.LibvirtException;

/// How long block jobs of QEMU are waited for: as long as they come nearer to their end. A large layer on a slow disk
/// takes hours; one whose end recedes, because the guest writes faster than it is copied, is given up.
final class BlockJobWatch {
    /// Without having come nearer.
    static final Duration STANDSTILL = Duration.ofMinutes(5);

    /// libvirt says so of a job that does not know yet how much it has to do.
    private static final long END_OF_UNKNOWN = 1;

    private static final int NO_FLAGS = 0;

    private final LongSupplier nanoTime;
    private long least = Long.MAX_VALUE;
    private long leastSince;

    BlockJobWatch() {
        this(System::nanoTime);
    }

    BlockJobWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.leastSince = nanoTime.getAsLong();
    }

    /// Bytes that the job on a disk has left to do.
    ///
    /// @return [Long#MAX_VALUE] if nobody knows yet
    static long left(Domain domain, String target) throws LibvirtException {
        DomainBlockJobInfo job = domain.getBlockJobInfo(target, NO_FLAGS);
        return job.end > END_OF_UNKNOWN ? job.end - job.cur : Long.MAX_VALUE;
    }

    /// @param left bytes that are left to do
    /// @return whether it was never less for [#STANDSTILL]
    boolean isStuck(long left) {
        long now = nanoTime.getAsLong();
        if (left < least) {
            least = left;
            leastSince = now;
        }
        return now - leastSince > STANDSTILL.toNanos();
    }
}
