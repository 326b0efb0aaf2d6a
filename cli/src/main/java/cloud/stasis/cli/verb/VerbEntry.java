package cloud.stasis.cli.verb;

import cloud.stasis.cli.verb.client.Completion;
import cloud.stasis.cli.verb.client.Examine;
import cloud.stasis.cli.verb.client.HostList;
import cloud.stasis.cli.verb.client.Logout;
import cloud.stasis.cli.verb.client.Version;
import cloud.stasis.cli.verb.device.InterfaceAttach;
import cloud.stasis.cli.verb.device.InterfaceDetach;
import cloud.stasis.cli.verb.device.InterfaceList;
import cloud.stasis.cli.verb.device.LinkChange;
import cloud.stasis.cli.verb.device.MediumEject;
import cloud.stasis.cli.verb.device.MediumInsert;
import cloud.stasis.cli.verb.image.FlavorList;
import cloud.stasis.cli.verb.image.ImageCreate;
import cloud.stasis.cli.verb.image.ImageDelete;
import cloud.stasis.cli.verb.image.ImageList;
import cloud.stasis.cli.verb.image.ImageSave;
import cloud.stasis.cli.verb.image.ImageShow;
import cloud.stasis.cli.verb.image.ImageUpload;
import cloud.stasis.cli.verb.job.JobCancel;
import cloud.stasis.cli.verb.job.JobFollow;
import cloud.stasis.cli.verb.job.JobList;
import cloud.stasis.cli.verb.job.JobRetry;
import cloud.stasis.cli.verb.job.JobShow;
import cloud.stasis.cli.verb.policy.PolicyCreate;
import cloud.stasis.cli.verb.policy.PolicyDelete;
import cloud.stasis.cli.verb.policy.PolicyList;
import cloud.stasis.cli.verb.policy.PolicyRun;
import cloud.stasis.cli.verb.policy.PolicyShow;
import cloud.stasis.cli.verb.policy.PolicyUpdate;
import cloud.stasis.cli.verb.server.ConsoleLog;
import cloud.stasis.cli.verb.server.ServerBoot;
import cloud.stasis.cli.verb.server.ServerChange;
import cloud.stasis.cli.verb.server.ServerChange.Change;
import cloud.stasis.cli.verb.server.ServerDelete;
import cloud.stasis.cli.verb.server.ServerList;
import cloud.stasis.cli.verb.server.ServerReboot;
import cloud.stasis.cli.verb.server.ServerResize;
import cloud.stasis.cli.verb.server.ServerShow;
import cloud.stasis.cli.verb.snapshot.Clone;
import cloud.stasis.cli.verb.snapshot.InstantDelete;
import cloud.stasis.cli.verb.snapshot.InstantList;
import cloud.stasis.cli.verb.snapshot.InstantRevert;
import cloud.stasis.cli.verb.snapshot.InstantShow;
import cloud.stasis.cli.verb.snapshot.SnapshotCreate;
import cloud.stasis.cli.verb.snapshot.SnapshotDelete;
import cloud.stasis.cli.verb.snapshot.SnapshotList;
import cloud.stasis.cli.verb.snapshot.SnapshotProtect;
import cloud.stasis.cli.verb.snapshot.SnapshotRestore;
import cloud.stasis.cli.verb.snapshot.SnapshotRevert;
import cloud.stasis.cli.verb.snapshot.SnapshotShow;
import cloud.stasis.cli.verb.snapshot.SnapshotTree;
import cloud.stasis.cli.verb.snapshot.SnapshotUndo;
import cloud.stasis.cli.verb.snapshot.SnapshotVerdict;
import cloud.stasis.cli.verb.snapshot.SnapshotVolume;
import cloud.stasis.cli.verb.store.Pull;
import cloud.stasis.cli.verb.store.Push;
import cloud.stasis.cli.verb.store.StateBackupVerb;
import cloud.stasis.cli.verb.store.StateDelete;
import cloud.stasis.cli.verb.store.StateList;
import cloud.stasis.cli.verb.store.StoreAdopt;
import cloud.stasis.cli.verb.store.StoreLimit;
import cloud.stasis.cli.verb.store.StoreUsageShow;
import cloud.stasis.cli.verb.volume.VolumeCreate;
import cloud.stasis.cli.verb.volume.VolumeDelete;
import cloud.stasis.cli.verb.volume.VolumeList;
import cloud.stasis.cli.verb.volume.VolumeShow;
import java.util.List;
import java.util.function.Function;

/// All verbs, in the order of the help. A new verb is a class and a line here.
record VerbEntry(String name, Group group, Function<Tools, Verb> make) {

    enum Group {
        SERVERS("Servers"),
        IMAGES("Images and flavors"),
        VOLUMES("Volumes"),
        SNAPSHOTS("Snapshots of whole servers, and policies"),
        STORE("The image store and other sites (operators)"),
        JOBS("Jobs"),
        CLIENT("The cloud and this program");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    static final List<VerbEntry> ALL = List.of(
            new VerbEntry("list", Group.SERVERS, ServerList::new),
            new VerbEntry("show", Group.SERVERS, ServerShow::new),
            new VerbEntry("boot", Group.SERVERS, ServerBoot::new),
            new VerbEntry("delete", Group.SERVERS, ServerDelete::new),
            new VerbEntry("start", Group.SERVERS, tools -> new ServerChange(tools, Change.START)),
            new VerbEntry("stop", Group.SERVERS, tools -> new ServerChange(tools, Change.STOP)),
            new VerbEntry("reboot", Group.SERVERS, ServerReboot::new),
            new VerbEntry("pause", Group.SERVERS, tools -> new ServerChange(tools, Change.PAUSE)),
            new VerbEntry("unpause", Group.SERVERS, tools -> new ServerChange(tools, Change.UNPAUSE)),
            new VerbEntry("suspend", Group.SERVERS, tools -> new ServerChange(tools, Change.SUSPEND)),
            new VerbEntry("resume", Group.SERVERS, tools -> new ServerChange(tools, Change.RESUME)),
            new VerbEntry("shelve", Group.SERVERS, tools -> new ServerChange(tools, Change.SHELVE)),
            new VerbEntry("unshelve", Group.SERVERS, tools -> new ServerChange(tools, Change.UNSHELVE)),
            new VerbEntry("resize", Group.SERVERS, ServerResize::new),
            new VerbEntry("resize-confirm", Group.SERVERS, tools -> new ServerChange(tools, Change.RESIZE_CONFIRM)),
            new VerbEntry("resize-revert", Group.SERVERS, tools -> new ServerChange(tools, Change.RESIZE_REVERT)),
            new VerbEntry("rescue", Group.SERVERS, tools -> new ServerChange(tools, Change.RESCUE)),
            new VerbEntry("unrescue", Group.SERVERS, tools -> new ServerChange(tools, Change.UNRESCUE)),
            new VerbEntry("console-log", Group.SERVERS, ConsoleLog::new),
            new VerbEntry("interface-list", Group.SERVERS, InterfaceList::new),
            new VerbEntry("interface-attach", Group.SERVERS, InterfaceAttach::new),
            new VerbEntry("interface-detach", Group.SERVERS, InterfaceDetach::new),
            new VerbEntry("link", Group.SERVERS, LinkChange::new),
            new VerbEntry("medium-insert", Group.SERVERS, MediumInsert::new),
            new VerbEntry("medium-eject", Group.SERVERS, MediumEject::new),
            new VerbEntry("flavor-list", Group.IMAGES, FlavorList::new),
            new VerbEntry("image-list", Group.IMAGES, ImageList::new),
            new VerbEntry("image-show", Group.IMAGES, ImageShow::new),
            new VerbEntry("image-create", Group.IMAGES, ImageCreate::new),
            new VerbEntry("image-upload", Group.IMAGES, ImageUpload::new),
            new VerbEntry("image-save", Group.IMAGES, ImageSave::new),
            new VerbEntry("image-delete", Group.IMAGES, ImageDelete::new),
            new VerbEntry("volume-list", Group.VOLUMES, VolumeList::new),
            new VerbEntry("volume-show", Group.VOLUMES, VolumeShow::new),
            new VerbEntry("volume-create", Group.VOLUMES, VolumeCreate::new),
            new VerbEntry("volume-delete", Group.VOLUMES, VolumeDelete::new),
            new VerbEntry("snapshot-create", Group.SNAPSHOTS, SnapshotCreate::new),
            new VerbEntry("snapshot-list", Group.SNAPSHOTS, SnapshotList::new),
            new VerbEntry("snapshot-show", Group.SNAPSHOTS, SnapshotShow::new),
            new VerbEntry("snapshot-tree", Group.SNAPSHOTS, SnapshotTree::new),
            new VerbEntry("snapshot-verdict", Group.SNAPSHOTS, SnapshotVerdict::new),
            new VerbEntry("clone", Group.SNAPSHOTS, Clone::new),
            new VerbEntry("snapshot-revert", Group.SNAPSHOTS, SnapshotRevert::new),
            new VerbEntry("snapshot-undo", Group.SNAPSHOTS, SnapshotUndo::new),
            new VerbEntry("snapshot-protect", Group.SNAPSHOTS, SnapshotProtect::new),
            new VerbEntry("snapshot-restore", Group.SNAPSHOTS, SnapshotRestore::new),
            new VerbEntry("snapshot-volume", Group.SNAPSHOTS, SnapshotVolume::new),
            new VerbEntry("snapshot-delete", Group.SNAPSHOTS, SnapshotDelete::new),
            new VerbEntry("instant-list", Group.SNAPSHOTS, InstantList::new),
            new VerbEntry("instant-show", Group.SNAPSHOTS, InstantShow::new),
            new VerbEntry("instant-revert", Group.SNAPSHOTS, InstantRevert::new),
            new VerbEntry("instant-delete", Group.SNAPSHOTS, InstantDelete::new),
            new VerbEntry("policy-create", Group.SNAPSHOTS, PolicyCreate::new),
            new VerbEntry("policy-list", Group.SNAPSHOTS, PolicyList::new),
            new VerbEntry("policy-show", Group.SNAPSHOTS, PolicyShow::new),
            new VerbEntry("policy-update", Group.SNAPSHOTS, PolicyUpdate::new),
            new VerbEntry("policy-delete", Group.SNAPSHOTS, PolicyDelete::new),
            new VerbEntry("policy-run", Group.SNAPSHOTS, PolicyRun::new),
            new VerbEntry("push", Group.STORE, Push::new),
            new VerbEntry("pull", Group.STORE, Pull::new),
            new VerbEntry("store-adopt", Group.STORE, StoreAdopt::new),
            new VerbEntry("store-usage", Group.STORE, StoreUsageShow::new),
            new VerbEntry("store-limit", Group.STORE, StoreLimit::new),
            new VerbEntry("state-backup", Group.STORE, StateBackupVerb::new),
            new VerbEntry("state-list", Group.STORE, StateList::new),
            new VerbEntry("state-delete", Group.STORE, StateDelete::new),
            new VerbEntry("job-list", Group.JOBS, JobList::new),
            new VerbEntry("job-show", Group.JOBS, JobShow::new),
            new VerbEntry("job-follow", Group.JOBS, JobFollow::new),
            new VerbEntry("job-cancel", Group.JOBS, JobCancel::new),
            new VerbEntry("job-retry", Group.JOBS, JobRetry::new),
            new VerbEntry("host-list", Group.CLIENT, HostList::new),
            new VerbEntry("doctor", Group.CLIENT, Examine::new),
            new VerbEntry("version", Group.CLIENT, Version::new),
            new VerbEntry("logout", Group.CLIENT, Logout::new),
            new VerbEntry("completion", Group.CLIENT, Completion::new),
            new VerbEntry("man-page", Group.CLIENT, ManPageVerb::new));
}
