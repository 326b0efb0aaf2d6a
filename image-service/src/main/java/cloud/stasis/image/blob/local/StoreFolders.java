package cloud.stasis.image.blob.local;

import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.StoreMarker;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Where everything lies in the directory of a store.
record StoreFolders(Path root) {
    private static final int PACK_FOLDERS = 256;
    private static final String QUARANTINE = "quarantine";

    Path marker() {
        return root.resolve(StoreMarker.NAME);
    }

    Path temporary() {
        return root.resolve("temporary");
    }

    Path of(ObjectName name) {
        return switch (name.kind()) {
            case PACK ->
                root.resolve("packs").resolve(name.file().substring(0, 2)).resolve(name.file());
            case MANIFEST -> root.resolve("manifests").resolve(name.file());
        };
    }

    Path quarantined(ObjectName name) {
        return root.resolve(QUARANTINE).resolve(name.kind() + "-" + name.file());
    }

    Path of(NoteName name) {
        return of(name.folder()).resolve(name.name());
    }

    Path of(NoteName.Folder folder) {
        return root.resolve(folder.path());
    }

    /// Those that hold objects of a kind.
    List<Path> holding(ObjectName.Kind kind) throws IOException {
        return switch (kind) {
            case PACK -> children(root.resolve("packs"));
            case MANIFEST -> List.of(root.resolve("manifests"));
        };
    }

    static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        } catch (NoSuchFileException e) {
            // Copies are made by tools that leave empty folders out.
            return List.of();
        }
        return children;
    }

    /// @throws StasisException `UNSUPPORTED_FORMAT` if there is something else, or a store of another version
    void requireOurs() throws IOException {
        if (Files.exists(marker())) {
            StoreMarker.require(Files.readAllBytes(marker()));
            return;
        }
        List<String> expected = List.of(
                "lock",
                "temporary",
                "packs",
                "manifests",
                "references",
                "replicas",
                "upkeep",
                QUARANTINE,
                LocalBlobStore.SERVICE_FOLDER);
        for (Path file : children(root)) {
            if (!expected.contains(file.getFileName().toString())) {
                throw new StasisException(
                        ErrorCode.UNSUPPORTED_FORMAT,
                        "the directory of the store holds something else: name an empty one in STASIS_STORE_DIR");
            }
        }
    }

    void make() throws IOException {
        Files.createDirectories(temporary());
        Files.createDirectories(root.resolve("manifests"));
        Files.createDirectories(root.resolve(QUARANTINE));
        for (NoteName.Folder folder : NoteName.Folder.values()) {
            Files.createDirectories(of(folder));
        }
        for (int folder = 0; folder < PACK_FOLDERS; folder++) {
            Files.createDirectories(root.resolve("packs").resolve(HexFormat.of().toHexDigits((byte) folder)));
        }
        for (String folder : List.of("packs", "references", ".")) {
            try (FileChannel channel = FileChannel.open(root.resolve(folder))) {
                channel.force(true);
            }
        }
    }
}
