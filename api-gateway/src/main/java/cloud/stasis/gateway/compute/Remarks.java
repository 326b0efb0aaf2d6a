package cloud.stasis.gateway.compute;

/// What clients of the compute API say of a server for each other to read; nobody acts upon it.
///
/// @param accessIpv4 by which it can be reached, empty if nobody said
/// @param accessIpv6 as `accessIpv4`
public record Remarks(String accessIpv4, String accessIpv6, DiskConfig diskConfig) {
    public static final Remarks NONE = new Remarks("", "", DiskConfig.MANUAL);

    /// Whether the guest's partitions shall grow with its disk; the guest does that by itself or not at all. The
    /// names are the API's.
    public enum DiskConfig {
        AUTO,
        MANUAL
    }
}
