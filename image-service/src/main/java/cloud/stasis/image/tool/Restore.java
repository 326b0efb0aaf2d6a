package cloud.stasis.image.tool;

import cloud.stasis.chunks.ChunkedContentStore;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.DiskErrors;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.repository.PartNames;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Gets a bundle out of a store as files that any hypervisor takes. Every byte is verified; a file is there
/// whole or not at all.
final class Restore {
    private static final String MANIFEST = "manifest.json";

    private Restore() {}

    /// @return what was written
    static List<Path> of(Repository repository, String wanted, Path to) {
        Bundle bundle = Bundle.find(repository, wanted);
        Manifest manifest = bundle.manifest()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.MISSING_OBJECT, bundle.name() + " is damaged: `store verify` says how"));
        ContentStore store = new ChunkedContentStore(repository.exchange(), TransferThreads.forThisMachine());
        List<Path> files = new ArrayList<>();
        try {
            Files.createDirectories(to);
            for (Part part : manifest.parts()) {
                Path file = to.resolve(fileName(part));
                if (Files.exists(file)) {
                    throw new StasisException(
                            ErrorCode.INVALID_REQUEST, file + " is there already: name a directory without it");
                }
                store.download(part.content(), file, TransferListener.NONE);
                files.add(file);
            }
            Path described = to.resolve(MANIFEST);
            Files.write(described, repository.manifestBytes(bundle.id().orElseThrow()));
            files.add(described);
        } catch (IOException e) {
            throw DiskErrors.of("restoring a bundle", e);
        }
        return files;
    }

    private static String fileName(Part part) {
        return switch (part) {
            case Part.Disk _ -> PartNames.of(part) + ".raw";
            case Part.Memory _ -> PartNames.of(part) + ".save";
            case Part.File _, Part.DomainXml _, Part.DeviceArchive _ -> PartNames.of(part);
        };
    }
}
