package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.sun.jna.PointerType;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;

/// The connection to libvirtd. It is opened at the first call, and again when it was lost: a restart of
/// libvirtd does not disturb guests or their backup jobs, so it must not disturb the agent for longer than a
/// call.
final class LibvirtConnection implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LibvirtConnection.class);

    /// libvirtd is asked this often, and missed this many times before the connection counts as lost.
    private static final int KEEPALIVE_SECONDS = 5;

    private static final int KEEPALIVE_MISSED = 3;
    /// Held for as long as the process lives: libvirt keeps a bare pointer to it.
    private static final Libvirt.VirErrorCallback SILENT = (data, error) -> {};

    /// Every connection that was ever opened. libvirt may call the listeners of one that was closed or lost, as
    /// long as events of it are queued, and a listener that Java has collected by then kills the process. A
    /// restart of libvirtd adds one.
    private static final List<Connect> OPENED = new CopyOnWriteArrayList<>();

    private static boolean eventLoop;

    private final URI uri;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile Consumer<Connect> onOpen = opened -> {};
    private volatile @Nullable Connect current;

    LibvirtConnection(URI uri) {
        this.uri = uri;
        startEventLoop();
    }

    /// Called with each new connection, to register for events.
    void onOpen(Consumer<Connect> listener) {
        onOpen = listener;
    }

    /// What is done with a connection or a domain.
    interface Call<A, R> {
        R with(A argument) throws LibvirtException;
    }

    interface Action<A> {
        void with(A argument) throws LibvirtException;
    }

    /// @param attempted for the message of a failure, as `list the domains`
    <R> R call(String attempted, Call<Connect, R> call) {
        try {
            return call.with(connect());
        } catch (LibvirtException e) {
            throw failure(attempted, e);
        }
    }

    /// Empty if there is no such domain.
    Optional<Domain> find(InstanceId instance) {
        try {
            return Optional.ofNullable(connect().domainLookupByUUID(instance.value()));
        } catch (LibvirtException e) {
            if (code(e) == ErrorNumber.VIR_ERR_NO_DOMAIN) {
                return Optional.empty();
            }
            throw failure("find the instance", e);
        }
    }

    <R> R ask(String attempted, InstanceId instance, Call<Domain, R> call) {
        Domain domain = existing(instance);
        try {
            return call.with(domain);
        } catch (LibvirtException e) {
            throw failure(attempted, e);
        } finally {
            release(domain);
        }
    }

    void change(String attempted, InstanceId instance, Action<Domain> action) {
        ask(attempted, instance, domain -> {
            action.with(domain);
            return true;
        });
    }

    Domain existing(InstanceId instance) {
        return find(instance)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INSTANCE_NOT_FOUND, "the instance is not on this host; it may have been deleted"));
    }

    /// What machines of this host may have and do.
    String capabilities(String virtType) {
        String said = LibvirtCalls.INSTANCE.virConnectGetDomainCapabilities(handle(), null, null, null, virtType, 0);
        if (said == null) {
            throw lastFailure("ask what the hypervisor is able to");
        }
        return said;
    }

    PointerType handle() {
        return LibvirtCalls.handle(connect());
    }

    static void release(Domain domain) {
        try {
            domain.free();
        } catch (LibvirtException e) {
            LOG.debug("A domain handle could not be freed", e);
        }
    }

    /// What a call of [LibvirtCalls] that returned `FAILED` on this thread means.
    static StasisException lastFailure(String attempted) {
        int number = LibvirtCalls.INSTANCE.virGetLastErrorCode();
        ErrorNumber[] known = ErrorNumber.values();
        ErrorNumber code = number >= 0 && number < known.length ? known[number] : ErrorNumber.VIR_ERR_UNKNOWN;
        return failure(attempted, code, LibvirtCalls.INSTANCE.virGetLastErrorMessage(), null);
    }

    static StasisException failure(String attempted, LibvirtException e) {
        return failure(attempted, code(e), String.valueOf(e.getMessage()), e);
    }

    static ErrorNumber code(LibvirtException e) {
        return e.getError() == null ? ErrorNumber.VIR_ERR_UNKNOWN : e.getError().getCode();
    }

    private static StasisException failure(
            String attempted, ErrorNumber number, String said, @Nullable LibvirtException cause) {
        // libvirt's words name paths of this host: they belong in its log, not in front of a tenant.
        LOG.warnf("libvirt refused attempted=%s code=%s said=%s", attempted, number, said);
        String message = "could not " + attempted + ": ";
        if (said.contains("No space left on device")) {
            return new StasisException(ErrorCode.NO_SPACE, message + "the host's disk is full", cause);
        }
        return switch (number) {
            case VIR_ERR_NO_DOMAIN -> new StasisException(ErrorCode.INSTANCE_NOT_FOUND, message + "it is gone", cause);
            case VIR_ERR_OPERATION_INVALID ->
                new StasisException(ErrorCode.WRONG_STATE, message + "the instance is not in a state for it", cause);
            case VIR_ERR_AGENT_UNRESPONSIVE, VIR_ERR_AGENT_UNSYNCED ->
                new StasisException(ErrorCode.GUEST_REFUSED, message + "the guest agent does not answer", cause);
            case VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_CONN, VIR_ERR_RPC, VIR_ERR_NO_SERVER ->
                new StasisException(ErrorCode.HYPERVISOR_UNAVAILABLE, message + "libvirt does not answer", cause);
            case VIR_ERR_OPERATION_TIMEOUT, VIR_ERR_RESOURCE_BUSY ->
                new StasisException(
                        ErrorCode.HYPERVISOR_UNAVAILABLE,
                        message + "the hypervisor is busy with something else",
                        cause);
            default ->
                new StasisException(
                        ErrorCode.HYPERVISOR_FAILED,
                        message + "the hypervisor refused; the host's log says why",
                        cause);
        };
    }

    private Connect connect() {
        Connect known = current;
        if (known != null && isAlive(known)) {
            return known;
        }
        opening.lock();
        try {
            known = current;
            if (known != null && isAlive(known)) {
                return known;
            }
            Connect opened = new Connect(uri);
            OPENED.add(opened);
            opened.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_MISSED);
            current = opened;
            LOG.infof("Connected to libvirt uri=%s", uri);
            onOpen.accept(opened);
            return opened;
        } catch (LibvirtException e) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_UNAVAILABLE, "libvirt does not answer: is libvirtd running on this host?", e);
        } finally {
            opening.unlock();
        }
    }

    private static boolean isAlive(Connect connect) {
        try {
            return connect.isAlive();
        } catch (LibvirtException e) {
            return false;
        }
    }

    /// Once in a process, and before the first connection.
    private static synchronized void startEventLoop() {
        if (eventLoop) {
            return;
        }
        try {
            Library.initEventLoop();
            Connect.setErrorCallback(SILENT);
        } catch (LibvirtException e) {
            throw new StasisException(ErrorCode.HYPERVISOR_UNAVAILABLE, "libvirt's event loop did not start", e);
        }
        Thread.ofPlatform().daemon().name("libvirt-events").start(() -> {
            try {
                Library.runEventLoop();
            } catch (LibvirtException e) {
                LOG.error("libvirt's event loop ended: states are told late from now on", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        eventLoop = true;
    }

    @Override
    public void close() {
        opening.lock();
        try {
            Connect open = current;
            current = null;
            if (open != null) {
                open.close();
            }
        } catch (LibvirtException e) {
            LOG.debug("The connection to libvirt could not be closed", e);
        } finally {
            opening.unlock();
        }
    }
}
