package cloud.stasis.gateway.metadef;

/// Limits of the metadata definitions: lengths as Glance has them, counts so that a list fits into memory.
public final class MetadefLimits {
    /// Characters in the name of a namespace, a definition or a resource type.
    public static final int NAME = 80;
    /// Characters in the description of a namespace.
    public static final int DESCRIPTION = 500;
    /// Characters of JSON in one definition.
    public static final int CONTENT = 65_535;
    /// Entries of a list within a definition.
    public static final int ENTRIES = 1000;
    /// Definitions of one kind in one namespace.
    public static final int DEFINITIONS = 1000;
    /// Namespaces in the cloud; Glance brings about thirty.
    public static final int NAMESPACES = 1000;
    /// Resource types in the cloud.
    public static final int RESOURCE_TYPES = 1000;

    private MetadefLimits() {}
}
