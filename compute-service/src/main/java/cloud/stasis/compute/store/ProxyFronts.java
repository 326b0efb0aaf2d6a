package cloud.stasis.compute.store;

import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.disks.NbdExport;
import cloud.stasis.disks.NbdProxy;
import cloud.stasis.disks.Outliving;
import java.nio.file.Path;

/// A `qemu-nbd` before each export, which outlives the agent.
public final class ProxyFronts implements BaseStreams.Fronts {
    private final Outliving outliving;

    public ProxyFronts(Outliving outliving) {
        this.outliving = outliving;
    }

    @Override
    public synchronized NbdExport ensure(NbdExport ours) {
        NbdProxy proxy = proxy(ours);
        proxy.ensure();
        HostLayout.giveToQemu(proxy.front().socket());
        return proxy.front();
    }

    @Override
    public synchronized void end(NbdExport ours) {
        proxy(ours).stop();
    }

    private NbdProxy proxy(NbdExport ours) {
        Path socket = ours.socket();
        String name = socket.getFileName().toString();
        return new NbdProxy(
                ours,
                new NbdExport(socket.resolveSibling(name + ".q"), ours.name()),
                socket.resolveSibling(name + ".pid"),
                outliving);
    }
}
