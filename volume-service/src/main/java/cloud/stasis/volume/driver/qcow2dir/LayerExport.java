package cloud.stasis.volume.driver.qcow2dir;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.Extents;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.volume.driver.Exporting.Export;
import cloud.stasis.volume.driver.Exporting.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A layer, read beside what is known of those below it.
record LayerExport(LayerReader reader, Content known, List<Extent> changed, Version version) implements Export {
    static LayerExport of(LayeredDisk disk, LayerNumber layer) {
        Version version = new Version(disk.openings());
        LayerReader reader = disk.read(layer);
        if (layer.equals(disk.active()) && disk.atRest().isPresent()) {
            return new LayerExport(reader, disk.atRest().get(), List.of(), version);
        }
        LayeredDisk.Known below = disk.known(layer);
        List<Extent> changed =
                below.layers() == 0 ? List.of() : Extents.union(reader.allocatedIn(below.layers()), List.of());
        return new LayerExport(reader, below.content(), changed, version);
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
    public List<Extent> data() {
        return reader.data();
    }

    @Override
    public void close() {
        reader.close();
    }
}
