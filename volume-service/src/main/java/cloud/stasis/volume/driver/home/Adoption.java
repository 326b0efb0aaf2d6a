package cloud.stasis.volume.driver.home;

import cloud.stasis.chunks.QcowHeader;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.LooseFile;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Disks that lie beside the volumes, as files of an operator: `<name>.qcow2` and `<name>.raw`, directly in the
/// directory and nowhere else. The ending alone says what a file is, nothing is guessed from its bytes. What is no
/// plain file, or has a second name, is not looked at; a qcow2 file must stand alone.
///
/// ```
///  adopt    <name>.qcow2 ──moved──> <draft>/source.qcow2 ──made──> <draft>/...  ──moved──> <volume id>/
///                         <──moved back, if it cannot be made──
///  release  <volume id>/ ──written──> .release-<id> ──linked──> volume-<id>.qcow2, then the volume goes
/// ```
public final class Adoption {
    private static final String SOURCE = "source";
    private static final int SECTOR = 512;

    private final Path directory;
    private final VolumeHomes homes;

    public Adoption(Path directory, VolumeHomes homes) {
        this.directory = directory;
        this.homes = homes;
    }

    /// What a loose file is.
    public enum Form {
        QCOW2(".qcow2"),
        RAW(LayeredDisk.RAW);

        private final String ending;

        Form(String ending) {
            this.ending = ending;
        }

        private static Optional<Form> of(String name) {
            return Stream.of(values())
                    .filter(form -> name.endsWith(form.ending))
                    .findFirst();
        }
    }

    /// A file that was taken into the place where something is made of it.
    ///
    /// @param size of the disk in it
    public record Claimed(Path file, Form form, ByteCount size) {
        /// What a volume of it has.
        public ByteCount gibs() {
            return ByteCount.ofGib(Math.max(1, size.gibRoundedUp()));
        }
    }

    /// Makes a volume of a file, which stays as it is meanwhile.
    public interface Maker {
        void make(Path draft, Claimed claimed);
    }

    public ByteCount adopt(VolumeId volume, SourceName source, Maker maker) {
        if (!homes.exists(volume)) {
            Path draft = homes.draft(volume);
            if (!LayeredDisk.exists(draft)) {
                claiming(HostFiles.directory(draft), SOURCE, source, claimed -> {
                    VolumeHomes.requirePossible(claimed.gibs());
                    maker.make(draft, claimed);
                });
            }
            forget(draft, SOURCE);
            homes.settle(volume);
        }
        return homes.open(volume).size();
    }

    /// Makes a snapshot of a file, which stays as it is meanwhile.
    public interface SnapshotMaker {
        void make(LayeredDisk disk, Claimed claimed);
    }

    public void adopt(VolumeId volume, SnapshotId snapshot, SourceName source, SnapshotMaker maker) {
        String name = SOURCE + "-" + snapshot;
        if (!homes.open(volume).holders().contains(snapshot)) {
            LayeredDisk disk = homes.atRest(volume);
            claiming(homes.of(volume), name, source, claimed -> {
                if (claimed.size().compareTo(disk.size()) > 0) {
                    throw refused("it is larger than the volume of which it is to be a snapshot");
                }
                maker.make(disk, claimed);
            });
        }
        forget(homes.of(volume), name);
    }

    private interface Use {
        void of(Claimed claimed);
    }

    private void claiming(Path home, String as, SourceName source, Use use) {
        Path claimed = claimed(home, as).orElseGet(() -> claim(home, as, source));
        try {
            Form form = Form.of(name(claimed)).orElseThrow();
            use.of(new Claimed(claimed, form, size(claimed, form)));
        } catch (StasisException e) {
            giveBack(claimed, source);
            throw e;
        }
    }

    /// What a call that was interrupted claimed.
    private static Optional<Path> claimed(Path home, String as) {
        return Stream.of(Form.values())
                .map(form -> home.resolve(as + form.ending))
                .filter(Files::exists)
                .findFirst();
    }

    private Path claim(Path home, String as, SourceName source) {
        Path file = Form.of(source.value())
                .map(form -> Stream.of(source.value()))
                .orElseGet(() -> Stream.of(Form.values()).map(form -> source.value() + form.ending))
                .map(directory::resolve)
                .filter(Adoption::isPlain)
                .findFirst()
                .orElseThrow(() -> refused("there is no such file in the directory of the backend"));
        Path to = home.resolve(as + Form.of(name(file)).orElseThrow().ending);
        move(file, to);
        return to;
    }

    private void giveBack(Path claimed, SourceName source) {
        String ending = Form.of(name(claimed)).orElseThrow().ending;
        String name = source.value().endsWith(ending) ? source.value() : source.value() + ending;
        move(claimed, directory.resolve(name));
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw HostFiles.failure("move a disk", e);
        }
    }

    private static void forget(Path home, String as) {
        claimed(home, as).ifPresent(HostFiles::delete);
    }

    private static boolean isPlain(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) == 1;
        } catch (IOException e) {
            return false;
        }
    }

    private static ByteCount size(Path file, Form form) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteCount length = ByteCount.ofBytes(channel.size());
            return switch (form) {
                case RAW -> {
                    if (length.isZero() || length.bytes() % SECTOR != 0) {
                        throw refused("its length is not a number of sectors");
                    }
                    yield length;
                }
                case QCOW2 -> {
                    ByteBuffer head = ByteBuffer.allocate(QcowHeader.MAX_BYTES);
                    while (head.hasRemaining() && channel.read(head) >= 0) {
                        // Until the header is whole, or the file ends.
                    }
                    yield QcowHeader.parse(head.flip(), length).virtualSize();
                }
            };
        } catch (IOException e) {
            throw HostFiles.failure("look at a disk", e);
        }
    }

    /// Writes a file, whole or not at all.
    public interface Writer {
        void write(Path file);
    }

    public void release(VolumeId volume, Form form, Writer writer) {
        Path draft = directory.resolve(".release-" + volume);
        if (homes.exists(volume)) {
            LayeredDisk disk = homes.atRest(volume);
            if (!disk.holders().isEmpty()) {
                throw new StasisException(ErrorCode.WRONG_STATE, "the volume has snapshots");
            }
            write(draft, directory.resolve("volume-" + volume + form.ending), writer);
            homes.delete(volume);
        }
        HostFiles.delete(draft);
    }

    /// @param dropping forgets the snapshot
    public void release(VolumeId volume, SnapshotId snapshot, Form form, Writer writer, Runnable dropping) {
        Path draft = directory.resolve(".release-" + snapshot);
        if (homes.exists(volume) && homes.open(volume).holders().contains(snapshot)) {
            write(draft, directory.resolve("_snapshot-" + snapshot + form.ending), writer);
            dropping.run();
        }
        HostFiles.delete(draft);
    }

    /// The draft and the file are one if a call was interrupted after that.
    private static void write(Path draft, Path file, Writer writer) {
        try {
            if (Files.exists(draft) && Files.exists(file) && Files.isSameFile(draft, file)) {
                return;
            }
            HostFiles.delete(draft);
            writer.write(draft);
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            HostFiles.delete(draft);
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "there is a file " + name(file) + " already: move it away", e);
        } catch (IOException e) {
            throw HostFiles.failure("hand a disk out", e);
        }
    }

    public List<LooseFile> loose(int most) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory, file -> Form.of(name(file)).isPresent() && SourceName.isOne(name(file)) && isPlain(file))) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw HostFiles.failure("list loose disks", e);
        }
        return found.stream()
                .sorted(Comparator.comparing(Adoption::name))
                .limit(most)
                .map(Adoption::told)
                .toList();
    }

    private static LooseFile told(Path file) {
        SourceName name = new SourceName(name(file));
        try {
            return new LooseFile(name, size(file, Form.of(name(file)).orElseThrow()), Optional.empty());
        } catch (StasisException e) {
            return new LooseFile(name, ByteCount.ZERO, Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static StasisException refused(String why) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "the file is not taken in: " + why);
    }
}
