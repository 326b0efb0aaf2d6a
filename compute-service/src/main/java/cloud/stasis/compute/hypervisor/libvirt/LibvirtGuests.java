package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Guests;
import cloud.stasis.model.InstanceId;
import com.sun.jna.PointerType;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/// The guest agent through libvirt.
final class LibvirtGuests implements Guests {
    /// Of an agent's words, in characters.
    private static final int MAX_SAID = 200;
    private static final Logger LOG = Logger.getLogger(LibvirtGuests.class);

    /// An agent that lives answers a ping in 4 ms; under load in some hundred.
    private static final int PING_SECONDS = 2;
    /// Flushing a busy file system takes seconds at worst. Below the watchdog's deadline.
    private static final int FREEZE_SECONDS = 6;

    private static final int THAW_SECONDS = 4;

    private final LibvirtConnection libvirt;

    LibvirtGuests(LibvirtConnection libvirt) {
        this.libvirt = libvirt;
    }

    @Override
    public FreezeAnswer freeze(InstanceId instance) {
        return libvirt.ask("freeze the guest's file systems", instance, domain -> {
            Optional<String> absent = absence(domain);
            if (absent.isPresent()) {
                return new FreezeAnswer.Absent(absent.get());
            }
            // Once it is frozen it answers little.
            List<FileSystem> fileSystems = GuestFileSystems.of(domain);
            PointerType handle = LibvirtCalls.handle(domain);
            LibvirtCalls.INSTANCE.virDomainAgentSetResponseTimeout(handle, FREEZE_SECONDS, 0);
            int frozen = LibvirtCalls.INSTANCE.virDomainFSFreeze(handle, null, 0, 0);
            if (frozen != LibvirtCalls.FAILED) {
                return new FreezeAnswer.Frozen(frozen, fileSystems);
            }
            boolean silent =
                    LibvirtCalls.INSTANCE.virGetLastErrorCode() == ErrorNumber.VIR_ERR_AGENT_UNRESPONSIVE.ordinal();
            String said = LibvirtCalls.INSTANCE.virGetLastErrorMessage();
            LOG.infof("A guest did not freeze instanceId=%s said=%s", instance, shown(said));
            return silent
                    ? new FreezeAnswer.Silent("the guest agent did not answer the freeze in time")
                    : new FreezeAnswer.Refused("the guest agent refused to freeze: " + shown(said));
        });
    }

    /// What comes from a guest stays on one line.
    private static String shown(String said) {
        String line = said.replaceAll("\\p{Cntrl}+", " ");
        return line.substring(0, Math.min(line.length(), MAX_SAID));
    }

    /// A short question first: a freeze that nobody hears would cost the whole freeze deadline.
    private static Optional<String> absence(Domain domain) {
        try {
            domain.qemuAgentCommand("{\"execute\":\"guest-ping\"}", PING_SECONDS, 0);
            return Optional.empty();
        } catch (LibvirtException e) {
            return Optional.of("no guest agent answers");
        }
    }

    @Override
    public ThawAnswer thaw(InstanceId instance) {
        return libvirt.ask("thaw the guest's file systems", instance, domain -> {
            PointerType handle = LibvirtCalls.handle(domain);
            LibvirtCalls.INSTANCE.virDomainAgentSetResponseTimeout(handle, THAW_SECONDS, 0);
            int thawed = LibvirtCalls.INSTANCE.virDomainFSThaw(handle, null, 0, 0);
            if (thawed == LibvirtCalls.FAILED) {
                LOG.warnf(
                        "A guest did not thaw instanceId=%s said=%s",
                        instance, LibvirtCalls.INSTANCE.virGetLastErrorMessage());
                return ThawAnswer.SILENT;
            }
            return thawed > 0 ? ThawAnswer.THAWED : ThawAnswer.NOTHING_FROZEN;
        });
    }

    @Override
    public boolean isFrozen(InstanceId instance) {
        return libvirt.ask("ask whether the guest is frozen", instance, domain -> {
            try {
                return domain.qemuAgentCommand("{\"execute\":\"guest-fsfreeze-status\"}", PING_SECONDS, 0)
                        .contains("\"frozen\"");
            } catch (LibvirtException e) {
                return false;
            }
        });
    }
}
