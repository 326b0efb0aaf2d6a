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
import cloud.stasis.cli.verb.device.VolumeAttach;
import cloud.stasis.cli.verb.device.VolumeAttachments;
import cloud.stasis.cli.verb.device.VolumeDetach;
import cloud.stasis.cli.verb.image.FlavorList;
import cloud.stasis.cli.verb.image.FlavorShow;
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
import cloud.stasis.cli.verb.project.KeypairAdd;
import cloud.stasis.cli.verb.project.KeypairDelete;
import cloud.stasis.cli.verb.project.KeypairList;
import cloud.stasis.cli.verb.project.Limits;
import cloud.stasis.cli.verb.project.QuotaShow;
import cloud.stasis.cli.verb.project.QuotaUpdate;
import cloud.stasis.cli.verb.project.SnapshotQuotaDelete;
import cloud.stasis.cli.verb.project.SnapshotQuotaShow;
import cloud.stasis.cli.verb.project.SnapshotQuotaUpdate;
import cloud.stasis.cli.verb.protection.Failover;
import cloud.stasis.cli.verb.protection.Protect;
import cloud.stasis.cli.verb.protection.ProtectionList;
import cloud.stasis.cli.verb.protection.ProtectionShow;
import cloud.stasis.cli.verb.protection.Unprotect;
import cloud.stasis.cli.verb.server.ConsoleLog;
import cloud.stasis.cli.verb.server.ServerActions;
import cloud.stasis.cli.verb.server.ServerBackup;
import cloud.stasis.cli.verb.server.ServerBoot;
import cloud.stasis.cli.verb.server.ServerChange;
import cloud.stasis.cli.verb.server.ServerChange.Change;
import cloud.stasis.cli.verb.server.ServerDelete;
import cloud.stasis.cli.verb.server.ServerGroups;
import cloud.stasis.cli.verb.server.ServerList;
import cloud.stasis.cli.verb.server.ServerLock;
import cloud.stasis.cli.verb.server.ServerMeta;
import cloud.stasis.cli.verb.server.ServerReboot;
import cloud.stasis.cli.verb.server.ServerRebuild;
import cloud.stasis.cli.verb.server.ServerRename;
import cloud.stasis.cli.verb.server.ServerResize;
import cloud.stasis.cli.verb.server.ServerShow;
import cloud.stasis.cli.verb.server.ServerUnlock;
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
import cloud.stasis.cli.verb.volume.VolumeExtend;
import cloud.stasis.cli.verb.volume.VolumeList;
import cloud.stasis.cli.verb.volume.VolumeShow;
import cloud.stasis.cli.verb.volume.VolumeSnapshotCreate;
import cloud.stasis.cli.verb.volume.VolumeSnapshotDelete;
import cloud.stasis.cli.verb.volume.VolumeSnapshotList;
import java.util.List;
import java.util.function.Function;

/// All verbs, in the order of the help. A new verb is a class and a line here.
record VerbEntry(String name, Group group, Effect effect, Function<Tools, Verb> make) {

    /// What a verb does to the cloud.
    enum Effect {
        /// It only looks.
        LOOKS,
        /// What it changes is changed when it is answered.
        CHANGES,
        /// What it asks for goes on by itself, mostly as a job: it can be waited for or not, it tells how it is
        /// followed, and it shows how far it is.
        WORKS
    }

    enum Group {
        SERVERS("Servers"),
        IMAGES("Images and flavors"),
        VOLUMES("Volumes"),
        PROJECT("Key pairs, limits and quotas"),
        SNAPSHOTS("Snapshots of whole servers, policies and standbys"),
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
            new VerbEntry("list", Group.SERVERS, Effect.LOOKS, ServerList::new),
            new VerbEntry("show", Group.SERVERS, Effect.LOOKS, ServerShow::new),
            new VerbEntry("boot", Group.SERVERS, Effect.WORKS, ServerBoot::new),
            new VerbEntry("delete", Group.SERVERS, Effect.WORKS, ServerDelete::new),
            new VerbEntry("start", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.START)),
            new VerbEntry("stop", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.STOP)),
            new VerbEntry("reboot", Group.SERVERS, Effect.WORKS, ServerReboot::new),
            new VerbEntry("pause", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.PAUSE)),
            new VerbEntry("unpause", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.UNPAUSE)),
            new VerbEntry("suspend", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.SUSPEND)),
            new VerbEntry("resume", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.RESUME)),
            new VerbEntry("shelve", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.SHELVE)),
            new VerbEntry("unshelve", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.UNSHELVE)),
            new VerbEntry("resize", Group.SERVERS, Effect.WORKS, ServerResize::new),
            new VerbEntry(
                    "resize-confirm",
                    Group.SERVERS,
                    Effect.WORKS,
                    tools -> new ServerChange(tools, Change.RESIZE_CONFIRM)),
            new VerbEntry(
                    "resize-revert",
                    Group.SERVERS,
                    Effect.WORKS,
                    tools -> new ServerChange(tools, Change.RESIZE_REVERT)),
            new VerbEntry("rescue", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.RESCUE)),
            new VerbEntry("unrescue", Group.SERVERS, Effect.WORKS, tools -> new ServerChange(tools, Change.UNRESCUE)),
            new VerbEntry("rebuild", Group.SERVERS, Effect.WORKS, ServerRebuild::new),
            new VerbEntry("rename", Group.SERVERS, Effect.CHANGES, ServerRename::new),
            new VerbEntry("meta", Group.SERVERS, Effect.CHANGES, ServerMeta::new),
            new VerbEntry("lock", Group.SERVERS, Effect.CHANGES, ServerLock::new),
            new VerbEntry("unlock", Group.SERVERS, Effect.CHANGES, ServerUnlock::new),
            new VerbEntry("backup", Group.SERVERS, Effect.WORKS, ServerBackup::new),
            new VerbEntry("instance-action-list", Group.SERVERS, Effect.LOOKS, ServerActions::new),
            new VerbEntry("server-group-list", Group.SERVERS, Effect.LOOKS, ServerGroups::new),
            new VerbEntry("console-log", Group.SERVERS, Effect.LOOKS, ConsoleLog::new),
            new VerbEntry("interface-list", Group.SERVERS, Effect.LOOKS, InterfaceList::new),
            new VerbEntry("interface-attach", Group.SERVERS, Effect.WORKS, InterfaceAttach::new),
            new VerbEntry("interface-detach", Group.SERVERS, Effect.WORKS, InterfaceDetach::new),
            new VerbEntry("volume-attachments", Group.SERVERS, Effect.LOOKS, VolumeAttachments::new),
            new VerbEntry("volume-attach", Group.SERVERS, Effect.WORKS, VolumeAttach::new),
            new VerbEntry("volume-detach", Group.SERVERS, Effect.WORKS, VolumeDetach::new),
            new VerbEntry("link", Group.SERVERS, Effect.WORKS, LinkChange::new),
            new VerbEntry("medium-insert", Group.SERVERS, Effect.WORKS, MediumInsert::new),
            new VerbEntry("medium-eject", Group.SERVERS, Effect.WORKS, MediumEject::new),
            new VerbEntry("flavor-list", Group.IMAGES, Effect.LOOKS, FlavorList::new),
            new VerbEntry("flavor-show", Group.IMAGES, Effect.LOOKS, FlavorShow::new),
            new VerbEntry("image-list", Group.IMAGES, Effect.LOOKS, ImageList::new),
            new VerbEntry("image-show", Group.IMAGES, Effect.LOOKS, ImageShow::new),
            new VerbEntry("image-create", Group.IMAGES, Effect.WORKS, ImageCreate::new),
            new VerbEntry("image-upload", Group.IMAGES, Effect.WORKS, ImageUpload::new),
            new VerbEntry("image-save", Group.IMAGES, Effect.LOOKS, ImageSave::new),
            new VerbEntry("image-delete", Group.IMAGES, Effect.WORKS, ImageDelete::new),
            new VerbEntry("volume-list", Group.VOLUMES, Effect.LOOKS, VolumeList::new),
            new VerbEntry("volume-show", Group.VOLUMES, Effect.LOOKS, VolumeShow::new),
            new VerbEntry("volume-create", Group.VOLUMES, Effect.WORKS, VolumeCreate::new),
            new VerbEntry("volume-extend", Group.VOLUMES, Effect.WORKS, VolumeExtend::new),
            new VerbEntry("volume-delete", Group.VOLUMES, Effect.WORKS, VolumeDelete::new),
            new VerbEntry("volume-snapshot-list", Group.VOLUMES, Effect.LOOKS, VolumeSnapshotList::new),
            new VerbEntry("volume-snapshot-create", Group.VOLUMES, Effect.WORKS, VolumeSnapshotCreate::new),
            new VerbEntry("volume-snapshot-delete", Group.VOLUMES, Effect.WORKS, VolumeSnapshotDelete::new),
            new VerbEntry("keypair-list", Group.PROJECT, Effect.LOOKS, KeypairList::new),
            new VerbEntry("keypair-add", Group.PROJECT, Effect.CHANGES, KeypairAdd::new),
            new VerbEntry("keypair-delete", Group.PROJECT, Effect.CHANGES, KeypairDelete::new),
            new VerbEntry("limits", Group.PROJECT, Effect.LOOKS, Limits::new),
            new VerbEntry("quota-show", Group.PROJECT, Effect.LOOKS, QuotaShow::new),
            new VerbEntry("quota-update", Group.PROJECT, Effect.CHANGES, QuotaUpdate::new),
            new VerbEntry("snapshot-quota-show", Group.PROJECT, Effect.LOOKS, SnapshotQuotaShow::new),
            new VerbEntry("snapshot-quota-update", Group.PROJECT, Effect.CHANGES, SnapshotQuotaUpdate::new),
            new VerbEntry("snapshot-quota-delete", Group.PROJECT, Effect.CHANGES, SnapshotQuotaDelete::new),
            new VerbEntry("snapshot-create", Group.SNAPSHOTS, Effect.WORKS, SnapshotCreate::new),
            new VerbEntry("snapshot-list", Group.SNAPSHOTS, Effect.LOOKS, SnapshotList::new),
            new VerbEntry("snapshot-show", Group.SNAPSHOTS, Effect.LOOKS, SnapshotShow::new),
            new VerbEntry("snapshot-tree", Group.SNAPSHOTS, Effect.LOOKS, SnapshotTree::new),
            new VerbEntry("snapshot-verdict", Group.SNAPSHOTS, Effect.LOOKS, SnapshotVerdict::new),
            new VerbEntry("clone", Group.SNAPSHOTS, Effect.WORKS, Clone::new),
            new VerbEntry("snapshot-revert", Group.SNAPSHOTS, Effect.WORKS, SnapshotRevert::new),
            new VerbEntry("snapshot-undo", Group.SNAPSHOTS, Effect.WORKS, SnapshotUndo::new),
            new VerbEntry("snapshot-protect", Group.SNAPSHOTS, Effect.CHANGES, SnapshotProtect::new),
            new VerbEntry("snapshot-restore", Group.SNAPSHOTS, Effect.WORKS, SnapshotRestore::new),
            new VerbEntry("snapshot-volume", Group.SNAPSHOTS, Effect.WORKS, SnapshotVolume::new),
            new VerbEntry("snapshot-delete", Group.SNAPSHOTS, Effect.WORKS, SnapshotDelete::new),
            new VerbEntry("instant-list", Group.SNAPSHOTS, Effect.LOOKS, InstantList::new),
            new VerbEntry("instant-show", Group.SNAPSHOTS, Effect.LOOKS, InstantShow::new),
            new VerbEntry("instant-revert", Group.SNAPSHOTS, Effect.WORKS, InstantRevert::new),
            new VerbEntry("instant-delete", Group.SNAPSHOTS, Effect.WORKS, InstantDelete::new),
            new VerbEntry("policy-create", Group.SNAPSHOTS, Effect.CHANGES, PolicyCreate::new),
            new VerbEntry("policy-list", Group.SNAPSHOTS, Effect.LOOKS, PolicyList::new),
            new VerbEntry("policy-show", Group.SNAPSHOTS, Effect.LOOKS, PolicyShow::new),
            new VerbEntry("policy-update", Group.SNAPSHOTS, Effect.CHANGES, PolicyUpdate::new),
            new VerbEntry("policy-delete", Group.SNAPSHOTS, Effect.CHANGES, PolicyDelete::new),
            new VerbEntry("policy-run", Group.SNAPSHOTS, Effect.WORKS, PolicyRun::new),
            new VerbEntry("protect", Group.SNAPSHOTS, Effect.WORKS, Protect::new),
            new VerbEntry("unprotect", Group.SNAPSHOTS, Effect.WORKS, Unprotect::new),
            new VerbEntry("failover", Group.SNAPSHOTS, Effect.WORKS, Failover::new),
            new VerbEntry("protection-show", Group.SNAPSHOTS, Effect.LOOKS, ProtectionShow::new),
            new VerbEntry("protection-list", Group.SNAPSHOTS, Effect.LOOKS, ProtectionList::new),
            new VerbEntry("push", Group.STORE, Effect.WORKS, Push::new),
            new VerbEntry("pull", Group.STORE, Effect.WORKS, Pull::new),
            new VerbEntry("store-adopt", Group.STORE, Effect.WORKS, StoreAdopt::new),
            new VerbEntry("store-usage", Group.STORE, Effect.LOOKS, StoreUsageShow::new),
            new VerbEntry("store-limit", Group.STORE, Effect.CHANGES, StoreLimit::new),
            new VerbEntry("state-backup", Group.STORE, Effect.WORKS, StateBackupVerb::new),
            new VerbEntry("state-list", Group.STORE, Effect.LOOKS, StateList::new),
            new VerbEntry("state-delete", Group.STORE, Effect.WORKS, StateDelete::new),
            new VerbEntry("job-list", Group.JOBS, Effect.LOOKS, JobList::new),
            new VerbEntry("job-show", Group.JOBS, Effect.LOOKS, JobShow::new),
            new VerbEntry("job-follow", Group.JOBS, Effect.WORKS, JobFollow::new),
            new VerbEntry("job-cancel", Group.JOBS, Effect.WORKS, JobCancel::new),
            new VerbEntry("job-retry", Group.JOBS, Effect.WORKS, JobRetry::new),
            new VerbEntry("host-list", Group.CLIENT, Effect.LOOKS, HostList::new),
            new VerbEntry("doctor", Group.CLIENT, Effect.WORKS, Examine::new),
            new VerbEntry("version", Group.CLIENT, Effect.LOOKS, Version::new),
            new VerbEntry("logout", Group.CLIENT, Effect.CHANGES, Logout::new),
            new VerbEntry("completion", Group.CLIENT, Effect.LOOKS, Completion::new),
            new VerbEntry("man-page", Group.CLIENT, Effect.LOOKS, ManPageVerb::new));
}
