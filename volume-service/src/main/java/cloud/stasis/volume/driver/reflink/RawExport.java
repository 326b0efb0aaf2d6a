package cloud.stasis.volume.driver.reflink;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.volume.driver.Exporting.Export;
import cloud.stasis.volume.driver.Exporting.Version;
import cloud.stasis.volume.driver.reflink.ReflinkState.Held;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A raw file, or what a machine wrote above it, beside what is known of it.
record RawExport(LayerReader reader, Held held, Version version) implements Export {
    @Override
    public Content known() {
        return held.known();
    }

    /// Against zeros, holes need not be read.
    @Override
    public List<Extent> changed() {
        return held.known().index().equals(cloud.stasis.model.IndexId.ZERO) ? reader.data() : held.changed();
    }

    @Override
    public List<Extent> data() {
        return reader.data();
    }

    @Override
    public ByteCount size() {
        return reader.size();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        reader.read(offset, into);
    }

    @Override
    public void close() {
        reader.close();
    }
}
