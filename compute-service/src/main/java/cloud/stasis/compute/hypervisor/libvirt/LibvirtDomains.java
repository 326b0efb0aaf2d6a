package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.Domains;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.Platform;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.libvirt.Connect;
import org.libvirt.DomainCheckpoint;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.event.LifecycleListener;

/// Domains whose metadata name this host and a directory of this agent. Others on the same libvirtd are never
/// touched.
final class LibvirtDomains implements Domains {
    private static final Logger LOG = Logger.getLogger(LibvirtDomains.class);

    // As in libvirt's headers.
    private static final int STATE_PAUSED = 3;
    private static final int STATE_SHUTOFF = 5;
    private static final int STATE_CRASHED = 6;
    private static final int SHUTOFF_CRASHED = 3;
    private static final int SHUTOFF_FAILED = 6;
    private static final int UNDEFINE_MANAGED_SAVE = 1;
    private static final int UNDEFINE_SNAPSHOTS_METADATA = 2;
    private static final int UNDEFINE_KEEP_NVRAM = 8;
    private static final int UNDEFINE_CHECKPOINTS_METADATA = 16;
    private static final int UNDEFINE_ALL =
            UNDEFINE_MANAGED_SAVE | UNDEFINE_SNAPSHOTS_METADATA | UNDEFINE_KEEP_NVRAM | UNDEFINE_CHECKPOINTS_METADATA;

    private static final Duration QUIT_DEADLINE = Duration.ofSeconds(1);
    private static final Duration QUIT_POLL = Duration.ofMillis(5);

    private final LibvirtConnection libvirt;
    private final DomainXml xml;
    private final HostId host;
    private final Path instances;
    private final List<Consumer<InstanceId>> listeners = new CopyOnWriteArrayList<>();
    /// A field, so that it lives as long as libvirt may call it.
    private final LifecycleListener events = this::changed;

    /// @param instances the directory above those of the instances
    LibvirtDomains(LibvirtConnection libvirt, DomainXml xml, HostId host, Path instances) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.host = host;
        this.instances = instances;
        libvirt.onOpen(this::register);
    }

    @Override
    public List<Domain> list() {
        return libvirt.call("list the instances", connect -> {
            List<Domain> found = new ArrayList<>();
            for (org.libvirt.Domain domain : connect.listAllDomains(0)) {
                if (DomainXml.mayBeOurs(domain.getName())) {
                    viewIfThere(domain).ifPresent(found::add);
                }
                LibvirtConnection.release(domain);
            }
            return List.copyOf(found);
        });
    }

    @Override
    public Optional<Domain> find(InstanceId instance) {
        Optional<org.libvirt.Domain> domain = libvirt.find(instance);
        if (domain.isEmpty()) {
            return Optional.empty();
        }
        try {
            return viewIfThere(domain.get());
        } catch (LibvirtException e) {
            throw LibvirtConnection.failure("look at the instance", e);
        } finally {
            LibvirtConnection.release(domain.get());
        }
    }

    /// Empty also if it goes in this moment: others come and go while one looks.
    private Optional<Domain> viewIfThere(org.libvirt.Domain domain) throws LibvirtException {
        try {
            return view(domain);
        } catch (LibvirtException e) {
            if (LibvirtConnection.code(e) == ErrorNumber.VIR_ERR_NO_DOMAIN) {
                return Optional.empty();
            }
            throw e;
        } catch (StasisException e) {
            if (e.code() == ErrorCode.INSTANCE_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<Domain> view(org.libvirt.Domain domain) throws LibvirtException {
        Xml live = Xml.parse(domain.getXMLDesc(0));
        boolean ours = DomainXml.owner(live, host)
                .filter(directory -> directory.startsWith(instances))
                .isPresent();
        if (!ours) {
            return Optional.empty();
        }
        InstanceId instance = InstanceId.parse(domain.getUUIDString());
        return Optional.of(new Domain(instance, state(domain), DomainXml.disks(live)));
    }

    private static PowerState state(org.libvirt.Domain domain) {
        int[] state = new int[1];
        int[] reason = new int[1];
        if (LibvirtCalls.INSTANCE.virDomainGetState(LibvirtCalls.handle(domain), state, reason, 0)
                == LibvirtCalls.FAILED) {
            throw LibvirtConnection.lastFailure("look at the instance");
        }
        return switch (state[0]) {
            case STATE_PAUSED -> PowerState.PAUSED;
            case STATE_SHUTOFF ->
                reason[0] == SHUTOFF_CRASHED || reason[0] == SHUTOFF_FAILED ? PowerState.CRASHED : PowerState.STOPPED;
            case STATE_CRASHED -> PowerState.CRASHED;
            // Running, blocked, shutting down, suspended by its own firmware: there is a process, and it is not paused.
            default -> PowerState.RUNNING;
        };
    }

    /// Whether there is a process, and it is not paused.
    boolean isRunning(org.libvirt.Domain domain) {
        return state(domain) == PowerState.RUNNING;
    }

    @Override
    public void define(Machine machine, MachineFiles files) {
        refuseForeign(machine.instance());
        libvirt.call("define the instance", connect -> {
            LibvirtConnection.release(connect.domainDefineXML(xml.write(machine, files)));
            return true;
        });
    }

    /// A UUID of somebody else's domain must not become a way to redefine it.
    void refuseForeign(InstanceId instance) {
        Optional<org.libvirt.Domain> existing = libvirt.find(instance);
        existing.ifPresent(LibvirtConnection::release);
        if (existing.isPresent() && find(instance).isEmpty()) {
            throw new StasisException(ErrorCode.WRONG_STATE, "a machine of this id runs on the host and is not ours");
        }
    }

    @Override
    public void startPaused(InstanceId instance) {
        libvirt.change("start the instance", instance, domain -> {
            if (domain.isActive() == 0) {
                domain.create(org.libvirt.Domain.CreateFlags.PAUSED);
            }
        });
    }

    @Override
    public void pause(InstanceId instance) {
        libvirt.change("pause the instance", instance, domain -> {
            if (state(domain) != PowerState.PAUSED) {
                domain.suspend();
            }
        });
    }

    @Override
    public void resume(InstanceId instance) {
        libvirt.change("resume the instance", instance, domain -> {
            if (state(domain) != PowerState.RUNNING) {
                domain.resume();
            }
        });
    }

    @Override
    public void askToPowerOff(InstanceId instance) {
        libvirt.change("ask the instance to power off", instance, domain -> {
            if (domain.isActive() != 0) {
                domain.shutdown();
            }
        });
    }

    @Override
    public void powerOff(InstanceId instance) {
        libvirt.change("power the instance off", instance, domain -> {
            if (domain.isActive() != 0) {
                awaitQuit(instance, domain);
                destroy(domain);
            }
        });
    }

    /// QEMU ends in some 50 ms when its monitor is told to. libvirt sends a signal and looks again after 200 ms at
    /// the earliest (`virProcessKillPainfully`), but at once at a process that is gone. One that answers to
    /// nobody is left to libvirt, which kills it.
    private void awaitQuit(InstanceId instance, org.libvirt.Domain domain) throws LibvirtException {
        // On a thread and with a handle of its own: a monitor that hangs answers when libvirt has killed its process.
        Thread.ofPlatform().daemon().name("quit-" + instance).start(() -> quit(instance));
        long end = System.nanoTime() + QUIT_DEADLINE.toNanos();
        while (domain.isActive() != 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(QUIT_POLL.toNanos());
        }
    }

    /// Also one that has quit: libvirt refuses that, once it has cleared up behind it.
    private static void destroy(org.libvirt.Domain domain) throws LibvirtException {
        try {
            domain.destroy();
        } catch (LibvirtException e) {
            if (domain.isActive() != 0) {
                throw e;
            }
        }
    }

    private void quit(InstanceId instance) {
        try {
            libvirt.change("power the instance off", instance, domain -> new Monitor(domain).tries("quit", Map.of()));
        } catch (StasisException e) {
            LOG.debugf(e, "QEMU was gone before it answered instanceId=%s", instance);
        }
    }

    @Override
    public void remove(InstanceId instance) {
        if (find(instance).isEmpty()) {
            return;
        }
        libvirt.change("remove the instance", instance, domain -> {
            // libvirt refuses to undefine while it knows checkpoints, whatever the flags say, if their files are gone.
            for (DomainCheckpoint checkpoint : domain.listAllCheckpoints(0)) {
                checkpoint.delete(DomainCheckpoint.CheckpointDeleteFlags.METADATA_ONLY);
                checkpoint.free();
            }
            domain.undefine(UNDEFINE_ALL);
        });
    }

    @Override
    public boolean isBusy(InstanceId instance) {
        return libvirt.ask("look for a job", instance, domain -> {
            OptionalInt operation = LibvirtJobs.operation(domain);
            return operation.isPresent() && operation.getAsInt() != LibvirtJobs.BACKUP;
        });
    }

    @Override
    public String describe(InstanceId instance) {
        return libvirt.ask("describe the instance", instance, domain -> domain.getXMLDesc(0));
    }

    @Override
    public Platform seen(InstanceId instance, Platform known) {
        Optional<org.libvirt.Domain> domain = libvirt.find(instance);
        if (domain.isEmpty()) {
            return known;
        }
        try {
            if (domain.get().isActive() == 0) {
                return known;
            }
            Xml live = Xml.parse(domain.get().getXMLDesc(0));
            return known.withCpu(CpuXml.read(live)).withGeneration(DomainXml.generation(live));
        } catch (LibvirtException e) {
            throw LibvirtConnection.failure("look at the instance", e);
        } finally {
            LibvirtConnection.release(domain.get());
        }
    }

    @Override
    public void onChange(Consumer<InstanceId> listener) {
        listeners.add(listener);
        // So that events come even if nobody asks for anything.
        libvirt.call("listen to libvirt", Connect::isAlive);
    }

    private void register(Connect opened) {
        try {
            opened.addLifecycleListener(events);
        } catch (LibvirtException e) {
            LOG.warn("No events from libvirt: states are told late", e);
        }
    }

    /// On the thread of libvirt's loop: only looks at what came with the event.
    private int changed(org.libvirt.Domain domain, org.libvirt.event.DomainEvent event) {
        try {
            if (DomainXml.mayBeOurs(domain.getName())) {
                InstanceId instance = InstanceId.parse(domain.getUUIDString());
                listeners.forEach(listener -> listener.accept(instance));
            }
        } catch (LibvirtException | RuntimeException e) {
            LOG.warnf(e, "An event could not be passed on event=%s", event);
        }
        return 0;
    }
}
