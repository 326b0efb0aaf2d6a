package cloud.stasis.compute.hypervisor.libvirt;

import java.util.OptionalInt;
import org.libvirt.Domain;
import org.libvirt.DomainJobStats;
import org.libvirt.LibvirtException;
import org.libvirt.TypedParameter;

/// What libvirt is doing to a domain.
final class LibvirtJobs {
    /// As in libvirt's headers.
    static final int BACKUP = 9;

    private static final int NONE = 0;
    private static final String OPERATION = "operation";
    /// A job of which it is not said what it does.
    private static final int UNKNOWN = 0;

    private LibvirtJobs() {}

    /// The operation of the running job; empty if there is none.
    static OptionalInt operation(Domain domain) throws LibvirtException {
        if (domain.isActive() == 0) {
            return OptionalInt.empty();
        }
        DomainJobStats job = domain.getJobStats(0);
        if (job.type == NONE) {
            return OptionalInt.empty();
        }
        for (TypedParameter parameter : job.stats) {
            if (parameter.field.equals(OPERATION)) {
                return OptionalInt.of(Integer.parseInt(parameter.getValueAsString()));
            }
        }
        return OptionalInt.of(UNKNOWN);
    }
}
