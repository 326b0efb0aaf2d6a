package cloud.stasis.cli.verb.image;

import cloud.stasis.model.ByteCount;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/// Tells how much has been read.
final class CountedStream extends FilterInputStream {
    private final Consumer<ByteCount> progress;
    private long count;

    CountedStream(InputStream in, Consumer<ByteCount> progress) {
        super(in);
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        counted(read < 0 ? -1 : 1);
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        counted(read);
        return read;
    }

    private void counted(int read) {
        if (read > 0) {
            count += read;
            progress.accept(ByteCount.ofBytes(count));
        }
    }
}
