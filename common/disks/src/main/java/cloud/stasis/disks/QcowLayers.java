package cloud.stasis.disks;

import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;

/// Layers as qcow2 files, by `qemu-img` and `qemu-nbd`.
///
/// Extended L2 entries with clusters of 128 KiB: a first write of 4 KiB to an overlay copies 4 KiB instead of a
/// cluster (measured: no write amplification and twice the rate of the default). The backing format always
/// stands in the header, so that QEMU never guesses it from bytes that a tenant wrote.
public final class QcowLayers implements LayerFiles {
    /// A `qemu-img` that takes longer waits for a stalled disk; one was seen to stall for 44 s.
    private static final Duration TOOL_DEADLINE = Duration.ofSeconds(120);

    /// A layer of 2 TiB at 50 MiB/s. A command for the machine ends it before.
    private static final Duration FOLD_DEADLINE = Duration.ofHours(12);

    private static final String SHAPE = "extended_l2=on,cluster_size=128k";
    /// What `qemu-img` says of a file that a writer has locked.
    private static final String LOCKED = "\"write\" lock";

    private final Path sockets;

    /// @param sockets a directory for the sockets of `qemu-nbd`, with a short path (see
    ///     [NbdExport#MAX_SOCKET_PATH])
    public QcowLayers(Path sockets) {
        this.sockets = sockets;
    }

    @Override
    public String suffix() {
        return "qcow2";
    }

    @Override
    public void create(Path layer, ByteCount size, Backing backing) {
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2", "-o", SHAPE));
        switch (backing) {
            case Backing.Nothing nothing -> {}
            case Backing.Raw raw -> {
                command.addAll(List.of("-b", name(layer, raw.file()), "-F", "raw"));
                if (!Files.exists(raw.file())) {
                    command.add("-u");
                }
            }
            case Backing.Layer below -> command.addAll(List.of("-b", name(layer, below.file()), "-F", "qcow2"));
        }
        command.add(layer.toString());
        command.add(Long.toString(size.bytes()));
        Program.run(TOOL_DEADLINE, command);
    }

    /// Makes an empty layer, anywhere, that stands on what another one stands on.
    public void createBeside(Path layer, Path other, ByteCount size) {
        Optional<Path> below = QcowName.below(other)
                .map(name -> other.resolveSibling(name).toAbsolutePath().normalize());
        create(
                layer,
                size,
                below.<Backing>map(file -> file.getFileName().toString().endsWith(LayeredDisk.RAW)
                                ? new Backing.Raw(file)
                                : new Backing.Layer(file))
                        .orElseGet(Backing.Nothing::new));
    }

    @Override
    public LayerReader open(Path layer) {
        return open(layer, "qcow2");
    }

    /// Opens a raw file in the same way; nothing lies below it.
    public LayerReader openRaw(Path file) {
        return open(file, "raw");
    }

    private LayerReader open(Path layer, String format) {
        QemuNbd server = QemuNbd.serve(layer, sockets, format, List.of("--allocation-depth"));
        try {
            return new Reader(server, server.connect(List.of(MetaContext.DEPTH, MetaContext.ALLOCATION)));
        } catch (IOException e) {
            boolean locked = server.said().contains(LOCKED);
            server.close();
            if (locked) {
                throw new StasisException(ErrorCode.WRONG_STATE, "the disk is in use: stop what uses it first", e);
            }
            throw HostFiles.failure("read a layer of a disk", e);
        }
    }

    @Override
    public boolean isBeingWritten(Path layer) {
        return QemuLock.isWritten(layer);
    }

    /// What is below is named by its name alone if it is in the same directory, so that a directory can be moved and
    /// its layers be shared.
    private static String name(Path layer, Path below) {
        return Objects.equals(layer.getParent(), below.getParent())
                ? below.getFileName().toString()
                : below.toString();
    }

    /// After a crash some of the children may stand on the base already.
    @Override
    public void fold(LayerFold fold) {
        if (!fold.children().isEmpty() && waiting(fold).isEmpty()) {
            return;
        }
        Program.run(
                FOLD_DEADLINE,
                List.of(
                        "qemu-img",
                        "commit",
                        "-q",
                        "-d",
                        "-f",
                        "qcow2",
                        "-b",
                        fold.base().toString(),
                        fold.top().toString()));
        repoint(fold);
    }

    @Override
    public void repoint(LayerFold fold) {
        for (Path child : waiting(fold)) {
            Program.run(
                    TOOL_DEADLINE,
                    List.of(
                            "qemu-img",
                            "rebase",
                            "-q",
                            "-u",
                            "-f",
                            "qcow2",
                            "-F",
                            "qcow2",
                            "-b",
                            name(child, fold.base()),
                            child.toString()));
        }
    }

    private static List<Path> waiting(LayerFold fold) {
        return fold.children().stream()
                .filter(child -> standsOn(child, fold.top()))
                .toList();
    }

    private static boolean standsOn(Path child, Path top) {
        return QcowName.below(child)
                .map(below -> child.resolveSibling(below).normalize().equals(top.normalize()))
                .orElse(false);
    }

    @Override
    public boolean areMovable(List<Path> chain) {
        return chain.stream()
                .allMatch(layer ->
                        QcowName.below(layer).map(below -> !below.contains("/")).orElse(true));
    }

    @Override
    public void delete(Path layer) {
        HostFiles.delete(layer);
    }

    private record Reader(QemuNbd server, NbdClient client) implements LayerReader {
        @Override
        public ByteCount size() {
            return client.size();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            client.read(offset, into);
        }

        @Override
        public List<Extent> allocatedIn(int layers) {
            return where(MetaContext.DEPTH, depth -> depth >= 1 && depth <= layers);
        }

        @Override
        public List<Extent> data() {
            return where(MetaContext.ALLOCATION, state -> (state & MetaContext.STATE_ZERO) == 0);
        }

        private List<Extent> where(MetaContext context, IntPredicate wanted) {
            try {
                return client.blockStatus(context).stream()
                        .filter(status -> wanted.test(status.flags()))
                        .map(BlockStatus::extent)
                        .toList();
            } catch (IOException e) {
                throw HostFiles.failure("find what a layer of a disk holds", e);
            }
        }

        @Override
        public void close() {
            client.close();
            server.close();
        }
    }
}
