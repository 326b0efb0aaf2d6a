package cloud.stasis.compute.protect;

import cloud.stasis.disks.HostFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongPredicate;

/// The files of the epochs in the directory of a standby: `N.part` of one that comes, `N.new` of one that is being
/// verified, `N.redo` of one that is complete.
record EpochFiles(Path directory) {
    private static final String PART = ".part";
    private static final String REDO = ".redo";
    private static final String UNFINISHED = ".new";

    Path part(long epoch) {
        return directory.resolve(epoch + PART);
    }

    Path unfinished(long epoch) {
        return directory.resolve(epoch + UNFINISHED);
    }

    Path redo(long epoch) {
        return directory.resolve(epoch + REDO);
    }

    /// In their order.
    List<Long> parts() {
        return numbered(PART);
    }

    /// In their order.
    List<Long> redos() {
        return numbered(REDO);
    }

    /// Bytes of an epoch that are there.
    long received(long epoch) {
        try {
            return Files.exists(part(epoch)) ? Files.size(part(epoch)) : 0;
        } catch (IOException e) {
            throw HostFiles.failure("look at an epoch", e);
        }
    }

    /// The unfinished file, which is durable, becomes the redo file. When it returns that survives a power cut, too.
    void keep(long epoch) throws IOException {
        Files.move(unfinished(epoch), redo(epoch), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    void forgetParts(LongPredicate which) {
        parts().stream().filter(which::test).map(this::part).forEach(HostFiles::delete);
    }

    void forgetRedos(LongPredicate which) {
        redos().stream().filter(which::test).map(this::redo).forEach(HostFiles::delete);
    }

    void forgetUnfinished() {
        numbered(UNFINISHED).stream().map(this::unfinished).forEach(HostFiles::delete);
    }

    private List<Long> numbered(String ending) {
        return HostFiles.list(directory).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.endsWith(ending) && Character.isDigit(name.charAt(0)))
                .map(name -> Long.parseLong(name.substring(0, name.indexOf('.'))))
                .sorted()
                .toList();
    }
}
