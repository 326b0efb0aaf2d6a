package cloud.stasis.compute.protect;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.protect.Epochs.How;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.machine.DeviceArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Copies an epoch, with pages as they are in the place of pages as they differ.
record AbsoluteEpoch(EpochWriter writer, FreeSpace space, FileChannel ram, boolean builds, byte[] page)
        implements EpochReader.Visitor {
    /// A frame of a few bytes may become a MiB: the space is looked at once for so many of the pages.
    private static final int PAGES_TO_LOOK = 1024;

    AbsoluteEpoch(EpochWriter writer, FreeSpace space, FileChannel ram, boolean builds) {
        this(writer, space, ram, builds, new byte[Epochs.PAGE]);
    }

    @Override
    public void machine(byte[] archive) {
        // Who takes over has to understand it: better to hear of it now.
        DeviceArchive.readStrictly(archive);
        writer.machine(archive);
    }

    @Override
    public void state(ByteBuffer piece) {
        writer.state(piece);
    }

    @Override
    public void zeroPage(long number) {
        writer.zeroPage(number);
    }

    @Override
    public void page(long number, How how, byte[] bytes, int at) {
        if (number % PAGES_TO_LOOK == 0) {
            space.requireReserve();
        }
        switch (how) {
            case ZEROS, OWN -> writer.page(number, How.OWN, bytes, at);
            case XOR -> {
                if (!builds) {
                    throw Epochs.malformed("a whole epoch names a difference");
                }
                try {
                    Replica.read(ram, number, ByteBuffer.wrap(page));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                for (int place = 0; place < Epochs.PAGE; place++) {
                    page[place] ^= bytes[at + place];
                }
                writer.page(number, How.OWN, page, 0);
            }
        }
    }

    @Override
    public void data(int disk, long offset, ByteBuffer bytes) {
        space.requireReserve();
        writer.data(disk, offset, bytes);
    }

    @Override
    public void zeros(int disk, Extent extent) {
        writer.zeros(disk, extent.offset(), extent.length());
    }
}
