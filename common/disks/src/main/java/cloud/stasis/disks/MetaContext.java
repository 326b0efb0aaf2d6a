package cloud.stasis.disks;

/// A question that an NBD server answers for ranges of an export.
public record MetaContext(String name) {
    /// Whether there is data (bit [#STATE_HOLE] clear) and whether it reads as zeros (bit [#STATE_ZERO]), over
    /// the whole chain of layers.
    public static final MetaContext ALLOCATION = new MetaContext("base:allocation");

    /// How deep in the chain of layers a range is found: 0 nowhere, 1 in the top layer, 2 in the one below.
    /// `qemu-nbd --allocation-depth` offers it.
    public static final MetaContext DEPTH = new MetaContext("qemu:allocation-depth");

    public static final int STATE_HOLE = 1;
    public static final int STATE_ZERO = 2;
    /// Of a dirty bitmap: something in the range was written.
    public static final int STATE_DIRTY = 1;

    /// The dirty bitmap that the server exports under `name`.
    public static MetaContext dirtyBitmap(String name) {
        return new MetaContext("qemu:dirty-bitmap:" + name);
    }
}
