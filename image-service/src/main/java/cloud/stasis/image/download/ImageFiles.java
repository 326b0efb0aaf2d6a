package cloud.stasis.image.download;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.ova.OvaExport;
import cloud.stasis.image.qcow2.QcowExport;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.upload.ContainerFormat;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Gives the file that a download of an image is: what was uploaded, or for a captured image a qcow2 file of
/// its root disk, or the whole bundle as an OVA if that is its container. The same image always gives the same file.
public final class ImageFiles {
    /// Files that are made up are remembered, since clients read them in ranges. Each holds a bit for every 64
    /// KiB of its disk: at most 32 MiB, for the largest.
    private static final int MAX_EXPORTS = 4;

    /// A few KiB each.
    private static final int MAX_HASHED = 64;

    private final Repository repository;
    private final ContentReader reader;
    private final Map<Content, QcowExport> exports = new LinkedHashMap<>(8, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Content, QcowExport> eldest) {
            return size() > MAX_EXPORTS;
        }
    };

    /// What archives say of their members, by bundle.
    private final Map<ManifestId, Map<String, String>> hashes = new LinkedHashMap<>(8, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ManifestId, Map<String, String>> eldest) {
            return size() > MAX_HASHED;
        }
    };

    public ImageFiles(Repository repository) {
        this.repository = repository;
        this.reader = new ContentReader(repository.ownExchange());
    }

    /// @throws StasisException `IMAGE_NOT_FOUND` if there is no such image, or it has no data
    public ContentSource file(ReferenceName name) {
        Reference reference = repository
                .reference(name)
                .orElseThrow(() -> new StasisException(ErrorCode.IMAGE_NOT_FOUND, "the store has no " + name));
        return file(repository.manifest(reference.manifest()))
                .orElseThrow(() -> new StasisException(ErrorCode.IMAGE_NOT_FOUND, name + " has no data to download"));
    }

    /// How many bytes a download of this bundle gives; zero if it cannot be downloaded as one file.
    public ByteCount size(Manifest manifest) {
        return file(manifest).map(ContentSource::size).orElse(ByteCount.ZERO);
    }

    private Optional<ContentSource> file(Manifest manifest) {
        if (manifest.kind() != ReferenceName.Kind.IMAGE) {
            return Optional.empty();
        }
        Optional<ContentSource> uploaded =
                only(manifest.parts(), Part.File.class).stream().findFirst().map(file -> reader.source(file.content()));
        if (uploaded.isPresent() || rootDisk(manifest).isEmpty()) {
            return uploaded;
        }
        return ContainerFormat.OVA.wireName().equals(manifest.metadata().get("container_format"))
                ? Optional.of(archive(manifest))
                : rootDisk(manifest).map(disk -> export(disk.content()));
    }

    private static Optional<Part.Disk> rootDisk(Manifest manifest) {
        return only(manifest.parts(), Part.Disk.class).stream().min(Comparator.comparing(Part.Disk::target));
    }

    private OvaExport archive(Manifest manifest) {
        Map<String, String> known;
        synchronized (hashes) {
            known = hashes.computeIfAbsent(
                    ManifestCodec.id(ManifestCodec.encode(manifest)), _ -> new ConcurrentHashMap<>());
        }
        return new OvaExport(reader, manifest, known);
    }

    private QcowExport export(Content disk) {
        synchronized (exports) {
            QcowExport known = exports.get(disk);
            if (known != null) {
                return known;
            }
        }
        QcowExport made = new QcowExport(reader, disk);
        synchronized (exports) {
            exports.put(disk, made);
        }
        return made;
    }

    private static <P extends Part> List<P> only(List<Part> parts, Class<P> kind) {
        return parts.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
