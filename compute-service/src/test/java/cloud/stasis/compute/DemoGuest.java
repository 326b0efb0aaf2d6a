package cloud.stasis.compute;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.disks.Program;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The demo guest in a store: kernel, RAM disk and root file system.
record DemoGuest(Content kernel, Content ramdisk, Content root) {
    private static final Duration BUILD_DEADLINE = Duration.ofMinutes(5);
    private static final ByteCount FILL = ByteCount.ofMib(0);

    static DemoGuest in(ContentStore store) {
        return in(store, ByteCount.ofMib(256), FILL);
    }

    /// @param fill so much random data is on the root file system
    static DemoGuest in(ContentStore store, ByteCount size, ByteCount fill) {
        Path directory = Path.of("target", "guest-" + size.mibRoundedUp() + "-" + fill.mibRoundedUp())
                .toAbsolutePath();
        Path build = Path.of("..", "guest", "build").toAbsolutePath().normalize();
        Program.run(
                BUILD_DEADLINE,
                List.of(
                        "bash",
                        build.toString(),
                        "--size",
                        Long.toString(size.mibRoundedUp()),
                        "--fill",
                        Long.toString(fill.mibRoundedUp()),
                        directory.toString()));
        Path raw = directory.resolve("root.raw");
        convert(directory.resolve("stasis-demo-root.qcow2"), raw);
        return new DemoGuest(
                upload(store, directory.resolve("stasis-demo-vmlinuz")),
                upload(store, directory.resolve("stasis-demo-initrd")),
                upload(store, raw));
    }

    /// Another test process may be at it, or read what it has made: the file comes whole, and the same.
    private static void convert(Path qcow2, Path raw) {
        Path draft = raw.resolveSibling("root-" + ProcessHandle.current().pid() + ".raw");
        Program.run(BUILD_DEADLINE, List.of("qemu-img", "convert", "-O", "raw", qcow2.toString(), draft.toString()));
        try {
            Files.move(draft, raw, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Content upload(ContentStore store, Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteCount size = ByteCount.ofBytes(Files.size(file));
            ContentSource source = new ContentSource() {
                @Override
                public ByteCount size() {
                    return size;
                }

                @Override
                public void read(long offset, ByteBuffer into) throws IOException {
                    long at = offset;
                    while (into.hasRemaining()) {
                        at += channel.read(into, at);
                    }
                }
            };
            return store.upload(
                            source,
                            new Content(IndexId.ZERO, size),
                            List.of(new Extent(0, size.bytes())),
                            TransferListener.NONE)
                    .content();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    cloud.stasis.messages.ComputeCommand.Boot boot(String options) {
        return new cloud.stasis.messages.ComputeCommand.Boot.FromKernel(
                kernel, Optional.of(ramdisk), "console=ttyS0 " + options);
    }
}
