package cloud.stasis.compute.lifecycle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.devices.Nics;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/// Makes instances of this host and starts them for the first time.
///
/// ```
///  fetch contents -> make disks -> what else it starts from -> write spec.json -> start
///                                                              from here on it exists
/// ```
///
/// A failure before or while it starts for the first time leaves nothing. A crash leaves what the next attempt
/// uses: fetched contents, then disks, then the instance.
final class NewInstances {
    private final Host host;

    NewInstances(Host host) {
        this.host = host;
    }

    /// How one comes to be.
    interface Birth {
        /// Brings what else it starts from; repeatable.
        default void prepare(InstanceDirectory directory, CommandTransfer transfer) {}

        void start(Instance instance);
    }

    /// @param grant to fetch what it starts from
    Instance make(InstanceRecord record, StoreGrant grant, CommandContext context, Birth birth) {
        InstanceId id = record.machine().instance();
        requireVolumes(record.machine());
        Nics.requireReach(host, record.machine());
        Set<Content> contents = contents(record.spec());
        try (BaseFiles.Hold _ = host.bases().hold(contents)) {
            Set<Content> streamed = streamed(record.spec());
            Set<Content> fetched = new LinkedHashSet<>(contents);
            fetched.removeAll(streamed);
            CommandTransfer transfer = host.fetch(fetched, grant, context);
            streamed.forEach(content -> host.streams().begin(content, grant.store()));
            context.checkCancelled();
            InstanceDirectory directory = host.instances().layout().instance(id);
            directory.make();
            birth.prepare(directory, transfer);
            context.progress(Phase.STARTING, ByteCount.ZERO, ByteCount.ZERO);
            Instance instance = make(id, record);
            birth.start(instance);
            return instance;
        } catch (StasisException e) {
            if (!e.kind().isRetryable()) {
                undo(id);
            }
            throw e;
        } finally {
            host.streams().trim();
            host.bases().trim();
        }
    }

    private void requireVolumes(Machine machine) {
        for (Machine.Disk disk : machine.disks()) {
            if (disk.source() instanceof DiskSource.Volume volume) {
                LayeredDisk attached = LayeredDisk.open(
                        host.instances().layout().volume(volume.volume()),
                        host.instances().layers());
                if (attached.isBeingWritten()) {
                    throw new StasisException(
                            ErrorCode.WRONG_STATE, "volume " + volume.volume() + " is in use: detach it first");
                }
            }
        }
    }

    private static Set<Content> contents(InstanceSpec spec) {
        Set<Content> contents = files(spec);
        spec.disks().forEach(disk -> {
            if (disk.source() instanceof DiskSource.OverImage over) {
                contents.add(over.base());
            }
        });
        return contents;
    }

    private static Set<Content> files(InstanceSpec spec) {
        Set<Content> contents = new LinkedHashSet<>();
        if (spec.boot() instanceof Boot.FromKernel kernel) {
            contents.add(kernel.kernel());
            kernel.ramdisk().ifPresent(contents::add);
        }
        spec.drives().forEach(drive -> drive.medium().ifPresent(medium -> contents.add(medium.content())));
        return contents;
    }

    /// What its disks are to run on while it is being fetched. A file is opened by others than its disks as well.
    private Set<Content> streamed(InstanceSpec spec) {
        Set<Content> streamed = new LinkedHashSet<>();
        spec.disks().forEach(disk -> {
            if (disk.source() instanceof DiskSource.OverImage over
                    && host.streams().wants(over.base())) {
                streamed.add(over.base());
            }
        });
        streamed.removeAll(files(spec));
        return streamed;
    }

    private Instance make(InstanceId id, InstanceRecord spec) {
        for (Machine.Disk disk : spec.machine().disks()) {
            Path path = host.instances().path(id, disk);
            switch (disk.source()) {
                case DiskSource.OverImage over ->
                    LayeredDisk.createOver(
                            path,
                            host.instances().layers(),
                            disk.size(),
                            over.base(),
                            host.instances().layout().baseFile(over.base()));
                case DiskSource.Blank _ ->
                    LayeredDisk.createBlank(path, host.instances().layers(), disk.size());
                case DiskSource.Volume _ -> {}
            }
        }
        InstanceDirectory directory = host.instances().layout().instance(id);
        InstanceRecord record = Instance.settled(directory, spec);
        directory.spec().write(record);
        return host.instances().open(id, record);
    }

    private void undo(InstanceId id) {
        host.hypervisor().domains().remove(id);
        host.instances().layout().instance(id).delete();
    }
}
