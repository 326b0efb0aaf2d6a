package cloud.stasis.image.upload;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.ova.OvaImport;
import cloud.stasis.image.qcow2.QcowDisk;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.sync.Copies;
import cloud.stasis.image.upload.FormatCheck.Finding;
import cloud.stasis.image.vmdk.VmdkDisk;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes in tenants' images. What an upload does is drawn in the package description.
public final class ImageUpload {
    /// What a tenant says of the image.
    ///
    /// @param metadata to be kept with the image; the gateway replaces it when it seals the bundle anew
    public record Request(
            ImageId image, DiskFormat diskFormat, ContainerFormat containerFormat, Map<String, String> metadata) {
        public Request {
            metadata = Map.copyOf(metadata);
        }
    }

    /// The largest file.
    private static final ByteCount MAX_SIZE = ByteCount.ofGib(16 * 1024);

    private static final DeviceName ROOT = DeviceName.virtio(0);

    private final Repository repository;
    private final TransferThreads threads;
    private final Clock clock;

    public ImageUpload(Repository repository, TransferThreads threads, Clock clock) {
        this.repository = repository;
        this.threads = threads;
        this.clock = clock;
    }

    /// Takes in one image, and makes it visible if all of it came and it is what it was declared to be.
    ///
    /// @throws StasisException `WRONG_STATE` if the image has data already; `HOSTILE_IMAGE`; `NO_SPACE`
    public UploadedImage take(Request request, Incoming incoming) {
        ReferenceName name = ReferenceName.of(request.image());
        if (repository.reference(name).isPresent()) {
            throw alreadyThere(name);
        }
        String holder = name + "#" + UUID.randomUUID();
        try {
            return take(request, incoming, name, repository.ownExchangeFor(holder));
        } finally {
            repository.release(holder);
        }
    }

    private UploadedImage take(Request request, Incoming incoming, ReferenceName name, BlobExchange blobs) {
        try (ChecksumLane md5 = new ChecksumLane("MD5");
                ChecksumLane sha512 = new ChecksumLane("SHA-512")) {
            Stored stored = store(request, incoming, blobs, md5, sha512);
            Content file = stored.file();
            OvaImport.Found found = found(request, stored, blobs);
            List<Part> parts = new ArrayList<>(List.of(new Part.File(file)));
            parts.addAll(found.parts());
            String md5Text = md5.finish();
            String sha512Text = sha512.finish();
            ManifestId manifest = seal(name, request, parts, found.manifest(), md5Text, sha512Text);
            ByteCount virtualSize = parts.stream()
                    .filter(Part.Disk.class::isInstance)
                    .map(part -> part.content().size())
                    .findFirst()
                    .orElse(file.size());
            return new UploadedImage(file.size(), virtualSize, md5Text, sha512Text, manifest, parts);
        }
    }

    /// The bytes as they came, and what they are.
    private record Stored(Content file, Finding finding) {}

    private Stored store(
            Request request, Incoming incoming, BlobExchange blobs, ChecksumLane md5, ChecksumLane sha512) {
        Segments segments = new Segments();
        try (ContentWriter writer = new ContentWriter(blobs, threads)) {
            long size = 0;
            Finding finding = Finding.UNKNOWN;
            while (true) {
                byte[] segment = segments.take();
                int length = fill(segment, incoming);
                if (size == 0) {
                    finding = checkHead(request, segment, length);
                }
                size += length;
                if (size > MAX_SIZE.bytes()) {
                    throw new StasisException(ErrorCode.INVALID_REQUEST, "an image has at most " + MAX_SIZE);
                }
                AtomicInteger users = new AtomicInteger(3);
                Runnable release = () -> {
                    if (users.decrementAndGet() == 0) {
                        segments.giveBack(segment);
                    }
                };
                md5.add(segment, length, release);
                sha512.add(segment, length, release);
                if (length > 0) {
                    writer.append(segment, length, release);
                }
                if (length < Segments.BYTES) {
                    return new Stored(writer.finish(), finding);
                }
            }
        }
    }

    /// Fills the segment, if enough comes.
    private static int fill(byte[] segment, Incoming incoming) {
        int length = 0;
        while (length < segment.length) {
            int count = incoming.read(segment, length, segment.length - length);
            if (count < 0) {
                break;
            }
            length += count;
        }
        return length;
    }

    private static Finding checkHead(Request request, byte[] segment, int length) {
        if (request.containerFormat().isDisk()) {
            return FormatCheck.head(request.diskFormat(), segment, Math.min(length, FormatCheck.HEAD_BYTES));
        }
        return request.containerFormat() == ContainerFormat.OVA && OvaImport.isArchive(segment, length)
                ? Finding.AS_DECLARED
                : Finding.UNKNOWN;
    }

    /// What is in the file, if it is of a kind that hosts can be given.
    private OvaImport.Found found(Request request, Stored stored, BlobExchange blobs) {
        if (request.containerFormat() == ContainerFormat.OVA && stored.finding() == Finding.AS_DECLARED) {
            return OvaImport.take(stored.file(), blobs, threads);
        }
        return new OvaImport.Found(
                request.containerFormat().isDisk() ? disks(request, stored, blobs) : List.of(), Optional.empty());
    }

    private List<Part> disks(Request request, Stored stored, BlobExchange blobs) {
        return switch (request.diskFormat()) {
            case RAW, AMI -> List.of(new Part.Disk(ROOT, stored.file()));
            case QCOW2 -> disk(stored, QcowDisk::store, blobs);
            case VMDK -> disk(stored, VmdkDisk::store, blobs);
            case VDI, VHD, VHDX, ISO, PLOOP, ARI, AKI -> List.of();
        };
    }

    /// Finds the disk in a file and stores it.
    @FunctionalInterface
    private interface DiskFinder {
        Content store(ContentReader reader, Content file, ContentWriter out);
    }

    private List<Part> disk(Stored stored, DiskFinder finder, BlobExchange blobs) {
        return switch (stored.finding()) {
            case UNKNOWN -> List.of();
            case AS_DECLARED -> {
                try (ContentWriter writer = new ContentWriter(blobs, threads)) {
                    yield List.of(new Part.Disk(ROOT, finder.store(new ContentReader(blobs), stored.file(), writer)));
                }
            }
        };
    }

    /// @param bundle what the image shows, if it came as a bundle
    private ManifestId seal(
            ReferenceName name,
            Request request,
            List<Part> parts,
            Optional<Manifest> bundle,
            String md5,
            String sha512) {
        Map<String, String> metadata = new HashMap<>();
        bundle.ifPresent(manifest -> metadata.putAll(manifest.metadata()));
        // Whoever wrote the file decides of no other bundle.
        metadata.remove(Copies.NEEDS);
        metadata.putAll(request.metadata());
        metadata.put("disk_format", request.diskFormat().wireName());
        metadata.put("container_format", request.containerFormat().wireName());
        metadata.put("checksum", md5);
        metadata.put("os_hash_algo", "sha512");
        metadata.put("os_hash_value", sha512);
        Manifest manifest = new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.IMAGE,
                bundle.flatMap(Manifest::instance),
                bundle.map(Manifest::takenAt).orElseGet(clock::instant),
                Optional.empty(),
                parts,
                bundle.flatMap(Manifest::receipt),
                metadata);
        try {
            return repository.sealNew(name, manifest);
        } catch (StasisException e) {
            throw e.code() == ErrorCode.STALE_GENERATION ? alreadyThere(name) : e;
        }
    }

    private static StasisException alreadyThere(ReferenceName name) {
        return new StasisException(ErrorCode.WRONG_STATE, name + " has data already: upload to a new image");
    }
}
