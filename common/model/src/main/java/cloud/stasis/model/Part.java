package cloud.stasis.model;

/// One captured piece of a machine. Every part is content in the store, whatever it holds: same lifecycle, same
/// accounting.
public sealed interface Part {
    Content content();

    /// A disk as the guest sees it: raw bytes of its whole virtual size, whatever format it has on any host.
    record Disk(DeviceName target, Content content) implements Part {}

    /// A file byte for byte: what an uploaded disk image was, so that a download gives back exactly what came; or,
    /// in a bundle of kind `state`, the dump of the database.
    record File(Content content) implements Part {}

    /// The memory and device state of a running machine.
    record Memory(MemoryFormat format, Content content) implements Part {}

    /// The domain XML that the machine ran with. For people and diagnosis; never handed to libvirt.
    record DomainXml(Content content) implements Part {}

    /// The typed device records (JSON) from which domain XML is generated on revert, clone and import.
    record DeviceArchive(Content content) implements Part {}

    /// How a memory part is encoded.
    enum MemoryFormat {
        /// A libvirt save image (header, XML, QEMU migration stream), as `virDomainSave` and external memory
        /// snapshots write it.
        LIBVIRT_SAVE,
        /// The guest's RAM, byte for byte from its first, then the state of its devices as QEMU's
        /// `xen-save-devices-state` writes it, then 32 bytes that say how long the two are. Neighbouring
        /// snapshots share what the guest did not write in between.
        RAM_IMAGE
    }
}
