package cloud.stasis.gateway.quota;

/// What is limited. The names are stored: a released one never changes.
public enum Resource {
    INSTANCES("instances", 100),
    CORES("cores", 200),
    MEMORY_MIB("ram", 256 * 1024),
    KEYPAIRS("key_pairs", 100),
    SERVER_GROUPS("server_groups", 100),
    VOLUMES("volumes", 200),
    VOLUME_GIB("gigabytes", 10_000),
    SNAPSHOTS("snapshots", 500),
    VOLUME_SNAPSHOTS("snapshots", 500),
    /// The largest volume.
    GIB_PER_VOLUME("per_volume_gigabytes", -1),
    VOLUME_GROUPS("groups", 10),
    BACKUPS("backups", 100),
    BACKUP_GIB("backup_gigabytes", 10_000),
    SNAPSHOT_POLICIES("snapshot_policies", 50),
    /// Each has the memory of its server on another host, too.
    PROTECTIONS("protections", 20),
    IMAGES("images", 1000),
    /// What images and snapshots hold, as their owners see it. Counted in bytes, by the storage package.
    STORE_GIB("store_gigabytes", 10_000),
    /// What they take up in the store, as it was measured. Counted in bytes, by the storage package.
    STORED_GIB("stored_gigabytes", -1);

    /// Stands for no limit.
    public static final long UNLIMITED = -1;

    private final String word;
    private final long standard;

    Resource(String word, long standard) {
        this.word = word;
        this.standard = standard;
    }

    /// What the APIs call it.
    public String word() {
        return word;
    }

    /// For a project without a limit of its own.
    public long standard() {
        return standard;
    }
}
