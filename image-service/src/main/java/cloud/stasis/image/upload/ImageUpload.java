package cloud.stasis.image.upload;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.qcow2.QcowDisk;
import cloud.stasis.image.repository.Repository;
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
import java.nio.ByteBuffer;
import java.time.Clock;
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
            Content file = store(request, incoming, blobs, md5, sha512);
            if (request.containerFormat().isDisk()) {
                FormatCheck.tail(request.diskFormat(), tail(file, blobs));
            }
            List<Part> parts = parts(request, file, blobs);
            String md5Text = md5.finish();
            String sha512Text = sha512.finish();
            ManifestId manifest = seal(name, request, parts, md5Text, sha512Text);
            ByteCount virtualSize = parts.getLast().content().size();
            return new UploadedImage(file.size(), virtualSize, md5Text, sha512Text, manifest, parts);
        }
    }

    private Content store(
            Request request, Incoming incoming, BlobExchange blobs, ChecksumLane md5, ChecksumLane sha512) {
        Segments segments = new Segments();
        try (ContentWriter writer = new ContentWriter(blobs, threads)) {
            long size = 0;
            while (true) {
                byte[] segment = segments.take();
                int length = fill(segment, incoming);
                if (size == 0) {
                    checkHead(request, segment, length);
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
                    return writer.finish();
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

    private static void checkHead(Request request, byte[] segment, int length) {
        if (request.containerFormat().isDisk()) {
            FormatCheck.head(request.diskFormat(), segment, Math.min(length, FormatCheck.HEAD_BYTES));
        }
    }

    private static byte[] tail(Content file, BlobExchange blobs) {
        byte[] tail =
                new byte[(int) Math.min(FormatCheck.TAIL_BYTES, file.size().bytes())];
        new ContentReader(blobs).read(file, file.size().bytes() - tail.length, ByteBuffer.wrap(tail));
        return tail;
    }

    /// The file, and the disk that is in it if it is of a kind that hosts can be given.
    private List<Part> parts(Request request, Content file, BlobExchange blobs) {
        Part asItCame = new Part.File(file);
        if (!request.containerFormat().isDisk()) {
            return List.of(asItCame);
        }
        return switch (request.diskFormat()) {
            case RAW, AMI -> List.of(asItCame, new Part.Disk(ROOT, file));
            case QCOW2 -> List.of(asItCame, new Part.Disk(ROOT, disk(file, blobs)));
            case VMDK, VDI, VHD, VHDX, ISO, PLOOP, ARI, AKI -> List.of(asItCame);
        };
    }

    private Content disk(Content file, BlobExchange blobs) {
        try (ContentWriter writer = new ContentWriter(blobs, threads)) {
            return QcowDisk.store(new ContentReader(blobs), file, writer);
        }
    }

    private ManifestId seal(ReferenceName name, Request request, List<Part> parts, String md5, String sha512) {
        Map<String, String> metadata = new HashMap<>(request.metadata());
        metadata.put("disk_format", request.diskFormat().wireName());
        metadata.put("container_format", request.containerFormat().wireName());
        metadata.put("checksum", md5);
        metadata.put("os_hash_algo", "sha512");
        metadata.put("os_hash_value", sha512);
        Manifest manifest = new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.IMAGE,
                Optional.empty(),
                clock.instant(),
                Optional.empty(),
                parts,
                Optional.empty(),
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
