package cloud.stasis.gateway.job;

/// What a job does. The names are stored and shown: a released one never changes.
public enum JobKind {
    BOOT_SERVER("create"),
    START_SERVER("start"),
    STOP_SERVER("stop"),
    REBOOT_SERVER("reboot"),
    PAUSE_SERVER("pause"),
    UNPAUSE_SERVER("unpause"),
    SUSPEND_SERVER("suspend"),
    RESUME_SERVER("resume"),
    DELETE_SERVER("delete"),
    REBUILD_SERVER("rebuild"),
    RESCUE_SERVER("rescue"),
    UNRESCUE_SERVER("unrescue"),
    SHELVE_SERVER("shelve"),
    UNSHELVE_SERVER("unshelve"),
    RESIZE_SERVER("resize"),
    CONFIRM_RESIZE("confirmResize"),
    REVERT_RESIZE("revertResize"),
    CREATE_IMAGE("createImage"),
    CREATE_BACKUP("createBackup"),
    TAKE_SNAPSHOT("takeSnapshot"),
    TAKE_INSTANT("takeInstant"),
    REVERT_SERVER("revertToSnapshot"),
    CLONE_SERVER("clone"),
    DELETE_SNAPSHOT("deleteSnapshot"),
    PUBLISH_SNAPSHOT("publishSnapshot"),
    IMPORT_SNAPSHOT("importSnapshot"),
    IMPORT_IMAGE("importImage"),
    CREATE_VOLUME("createVolume"),
    DELETE_VOLUME("deleteVolume"),
    EXTEND_VOLUME("extend_volume"),
    REVERT_VOLUME("revertVolume"),
    SNAPSHOT_VOLUME("snapshotVolume"),
    DELETE_VOLUME_SNAPSHOT("deleteVolumeSnapshot"),
    UPLOAD_VOLUME("uploadVolume"),
    ADOPT_VOLUME("adoptVolume"),
    RELEASE_VOLUME("releaseVolume"),
    ADOPT_SNAPSHOT("adoptVolumeSnapshot"),
    RELEASE_SNAPSHOT("releaseVolumeSnapshot"),
    ATTACH_VOLUME("attach_volume"),
    DETACH_VOLUME("detach_volume"),
    ATTACH_INTERFACE("attach_interface"),
    DETACH_INTERFACE("detach_interface"),
    CHANGE_LINK("changeLink"),
    CHANGE_MEDIUM("changeMedium"),
    BACKUP_VOLUME("backupVolume"),
    RESTORE_BACKUP("restoreBackup"),
    DELETE_BACKUP("deleteBackup"),
    IMPORT_BACKUP("importBackup"),
    SNAPSHOT_GROUP("snapshotGroup"),
    DELETE_GROUP_SNAPSHOT("deleteGroupSnapshot"),
    ADOPT_BUNDLES("adoptBundles"),
    PULL_BUNDLES("pullBundles"),
    PUSH_BUNDLES("pushBundles"),
    RESTORE_SERVER("restore"),
    DELETE_STATE_BACKUP("deleteStateBackup"),
    EXAMINE_HOST("examine"),
    PROTECT_SERVER("protect"),
    UNPROTECT_SERVER("unprotect"),
    FAIL_OVER("failover");

    private final String action;

    JobKind(String action) {
        this.action = action;
    }

    /// What `os-instance-actions` calls it.
    public String action() {
        return action;
    }
}
