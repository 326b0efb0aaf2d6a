package cloud.stasis.compute.lifecycle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.store.BaseStreams;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/// Brings disks that run while they stream onto files of this host.
///
/// ```
/// fetched   the content is in its file
/// prepare   an empty layer on that file                                       (disk.json announces it)
/// move      what the guest has written is copied, then it goes on in the new layer
/// commit    the new layer is the active one, the old one goes                 (disk.json)
/// ```
///
/// A crash at any moment leaves a guest that writes to one of the two layers. Reconciliation takes the one that
/// it writes to, and what is still on the network is moved again.
public final class StreamedDisks {
    private static final Logger LOG = Logger.getLogger(StreamedDisks.class);

    private final Host host;

    public StreamedDisks(Host host) {
        this.host = host;
    }

    /// Waits for the contents that the disks of an instance stand on, and moves them onto their files. For whatever
    /// changes or reads their layers.
    public void finish(Instance instance, CommandContext context) {
        Set<Content> coming = new LinkedHashSet<>();
        instance.disks().values().stream()
                .map(StreamedDisks::ground)
                .filter(host.streams()::isStreaming)
                .forEach(coming::add);
        for (Content content : coming) {
            TransferListener listener =
                    new CommandTransfer(context, Phase.FETCHING_IMAGE, content.size(), host.space()).next();
            host.streams().await(content, listener);
        }
        if (!coming.isEmpty()) {
            move(instance, context::checkCancelled);
        }
    }

    /// Moves the disks of a machine that is on which still read from the network a content that has come.
    public void move(Instance instance, Runnable pulse) {
        for (DeviceName target : streaming(instance)) {
            LayeredDisk disk = instance.disk(target);
            Content content = ground(disk);
            if (host.bases().has(content)) {
                move(instance.id(), target, disk, content, pulse);
            }
        }
    }

    /// The disks of an instance whose contents are on their way, and how far those are.
    public SortedMap<DeviceName, BaseStreams.Arrival> arrivals(Instance instance) {
        SortedMap<DeviceName, BaseStreams.Arrival> arrivals = new TreeMap<>();
        instance.disks()
                .forEach((target, disk) ->
                        host.streams().arrival(ground(disk)).ifPresent(arrival -> arrivals.put(target, arrival)));
        return arrivals;
    }

    /// Whether a disk of an instance reads this content from the network.
    public boolean reads(Instance instance, Content content) {
        return streaming(instance).stream()
                .anyMatch(target -> ground(instance.disk(target)).equals(content));
    }

    private Set<DeviceName> streaming(Instance instance) {
        return Host.isActive(host.state(instance))
                ? host.hypervisor().liveLayers().streaming(instance.id())
                : Set.of();
    }

    private void move(InstanceId id, DeviceName target, LayeredDisk disk, Content content, Runnable pulse) {
        LayerNumber layer = disk.prepareOn(content, host.instances().layout().baseFile(content));
        try {
            host.hypervisor().liveLayers().moveTo(id, target, disk.file(layer), pulse);
        } catch (StasisException e) {
            if (!writesTo(id, target, disk, layer)) {
                disk.abandon();
                throw e;
            }
            LOG.warnf(e, "A disk was moved, though it was said that it was not instanceId=%s disk=%s", id, target);
        }
        disk.commit(LayeredDisk.Use.BEING_WRITTEN);
        LOG.infof("A disk does not need the network any more instanceId=%s disk=%s", id, target);
    }

    private boolean writesTo(InstanceId id, DeviceName target, LayeredDisk disk, LayerNumber layer) {
        return host.hypervisor()
                .domains()
                .find(id)
                .map(domain -> disk.file(layer).equals(domain.disks().get(target)))
                .orElse(false);
    }

    private static Content ground(LayeredDisk disk) {
        return disk.known(disk.active()).content();
    }
}
