package cloud.stasis.model;

/// Names one host: a machine with libvirt and one compute agent. Letters, digits, `.`, `_` and `-`, 1 to 64 of
/// them: it is part of topic names, paths and URLs.
public record HostId(String value) {
    public HostId {
        Names.check("host id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
