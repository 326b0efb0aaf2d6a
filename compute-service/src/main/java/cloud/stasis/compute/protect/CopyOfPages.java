package cloud.stasis.compute.protect;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.protect.Epochs.How;
import java.nio.ByteBuffer;

/// Brings the pages of one epoch into another.
record CopyOfPages(EpochWriter writer) implements EpochReader.Visitor {
    @Override
    public void machine(byte[] archive) {}

    @Override
    public void state(ByteBuffer piece) {}

    @Override
    public void zeroPage(long page) {
        writer.zeroPage(page);
    }

    @Override
    public void page(long page, How how, byte[] bytes, int at) {
        writer.page(page, how, bytes, at);
    }

    @Override
    public void data(int disk, long offset, ByteBuffer bytes) {}

    @Override
    public void zeros(int disk, Extent extent) {}
}
