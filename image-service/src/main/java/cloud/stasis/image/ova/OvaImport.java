package cloud.stasis.image.ova;

import static cloud.stasis.image.ova.TarEntry.hostile;
import static cloud.stasis.image.ova.TarEntry.require;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.qcow2.QcowDisk;
import cloud.stasis.image.vmdk.VmdkDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes apart an OVA that lies in the store as a tenant sent it.
///
/// ```
/// tar: plain members with plain names, each once  ->  description: first, and names every other member
///   ->  hashes: of all members, if there are any  ->  the bundle of our own manifest, content by content, with
///                                                     the machine that its device archive describes, or
///                                                     the disks that the description names, qcow2 or VMDK
/// ```
/// Whatever is refused leaves nothing but blobs that nothing names.
public final class OvaImport {
    private static final int MAX_SMALL_BYTES = 1024 * 1024;

    /// It travels in messages, beside other things. One of 64 parts with its receipt has 60 KiB.
    private static final int MAX_MANIFEST_BYTES = 256 * 1024;

    private static final int PIECE_BYTES = 1024 * 1024;
    private static final int MAX_DISKS = 26;
    private static final int MAGIC_BYTES = 4;

    /// The rest of a manifest's entries are the image's own.
    private static final int MAX_METADATA = Manifest.MAX_METADATA / 2;

    private final ContentReader reader;
    private final BlobExchange blobs;
    private final TransferThreads threads;
    private final OvaMembers members;

    private OvaImport(ContentReader reader, BlobExchange blobs, TransferThreads threads, OvaMembers members) {
        this.reader = reader;
        this.blobs = blobs;
        this.threads = threads;
        this.members = members;
    }

    /// What is in an archive.
    ///
    /// @param parts none if it has no disk that can be given to a host
    /// @param manifest if the archive is one of ours
    public record Found(List<Part> parts, Optional<Manifest> manifest) {
        public Found {
            parts = List.copyOf(parts);
        }
    }

    /// Whether a file begins like an OVA.
    public static boolean isArchive(byte[] head, int length) {
        return TarEntry.isTar(head, length);
    }

    /// @throws StasisException `HOSTILE_IMAGE` if the archive is not all that it has to be
    public static Found take(Content file, BlobExchange blobs, TransferThreads threads) {
        ContentReader reader = new ContentReader(blobs);
        try {
            return new OvaImport(reader, blobs, threads, OvaMembers.of(reader.source(file))).take();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What machine is in an archive that was taken before.
    ///
    /// @return empty unless it is one of ours, with the devices of a machine
    /// @throws StasisException as [#take]
    public static Optional<CommandResult.Opened> open(Content file, BlobExchange blobs) {
        try {
            OvaMembers members = OvaMembers.of(new ContentReader(blobs).source(file));
            if (members.find(OvaNames.MANIFEST).isEmpty()) {
                return Optional.empty();
            }
            Manifest manifest = manifest(members);
            return OvaMachine.of(manifest, members).map(machine -> new CommandResult.Opened(manifest, machine.spec()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Found take() throws IOException {
        Ovf description = Ovf.read(members.small(members.first(), Ovf.MAX_BYTES));
        members.requireNamedBy(description);
        members.requireHashes();
        return members.find(OvaNames.MANIFEST).isPresent() ? bundle() : new Found(disks(description), Optional.empty());
    }

    // ---- one of ours

    private Found bundle() throws IOException {
        Manifest manifest = manifest(members);
        require(manifest.metadata().size() <= MAX_METADATA, "its manifest says too much");
        OvaMachine.of(manifest, members);
        List<String> expected = new ArrayList<>(List.of(OvaNames.MANIFEST));
        for (Part part : manifest.parts()) {
            String name = OvaNames.of(part);
            expected.add(name);
            require(!(part instanceof Part.File), "its manifest has a part that does not belong into a bundle");
            Content stored = part instanceof Part.Disk ? disk(name, DiskForm.QCOW2) : whole(name, part);
            // The manifest names what it stands for by its hash: nothing else has to be compared.
            require(stored.equals(part.content()), "its " + name + " is not what its manifest names");
        }
        members.requireOnly(expected);
        return new Found(manifest.parts(), Optional.of(manifest));
    }

    private static Manifest manifest(OvaMembers members) throws IOException {
        try {
            return ManifestCodec.decode(members.small(OvaNames.MANIFEST, MAX_MANIFEST_BYTES));
        } catch (StasisException e) {
            throw hostile("its manifest is not valid: " + e.report().message());
        }
    }

    private Content whole(String name, Part part) throws IOException {
        ContentSource member = member(name);
        require(
                part instanceof Part.Memory || member.size().bytes() <= MAX_SMALL_BYTES,
                "its " + name + " is too large");
        try (ContentWriter writer = new ContentWriter(blobs, threads)) {
            for (long at = 0; at < member.size().bytes(); ) {
                byte[] piece =
                        new byte[(int) Math.min(PIECE_BYTES, member.size().bytes() - at)];
                member.read(at, ByteBuffer.wrap(piece));
                writer.append(piece, piece.length, () -> {});
                at += piece.length;
            }
            return writer.finish();
        }
    }

    // ---- one from elsewhere

    private enum DiskForm {
        QCOW2,
        VMDK
    }

    /// Disks of a format that is not known here stay in the archive: then there is nothing to boot from.
    private List<Part> disks(Ovf description) throws IOException {
        require(description.disks().size() <= MAX_DISKS, "it has more than " + MAX_DISKS + " disks");
        List<DiskForm> forms = new ArrayList<>();
        for (Ovf.Disk disk : description.disks()) {
            form(disk.file()).ifPresent(forms::add);
        }
        if (forms.size() < description.disks().size()) {
            return List.of();
        }
        List<Part> parts = new ArrayList<>();
        for (int at = 0; at < forms.size(); at++) {
            Content disk = disk(description.disks().get(at).file(), forms.get(at));
            parts.add(new Part.Disk(DeviceName.virtio(at), disk));
        }
        return parts;
    }

    /// What the bytes are; what the description calls them is often something else.
    private Optional<DiskForm> form(String name) throws IOException {
        byte[] head = new byte[MAGIC_BYTES];
        ContentSource member = member(name);
        require(member.size().bytes() >= head.length, "it has a disk without content");
        member.read(0, ByteBuffer.wrap(head));
        if (QcowDisk.isQcow(head, head.length)) {
            return Optional.of(DiskForm.QCOW2);
        }
        return VmdkDisk.isVmdk(head, head.length) ? Optional.of(DiskForm.VMDK) : Optional.empty();
    }

    private Content disk(String name, DiskForm form) throws IOException {
        try (ContentWriter writer = new ContentWriter(blobs, threads)) {
            return switch (form) {
                case QCOW2 -> QcowDisk.store(reader, member(name), writer);
                case VMDK -> VmdkDisk.store(reader, member(name), writer);
            };
        }
    }

    private ContentSource member(String name) {
        return members.find(name).orElseThrow(() -> hostile("it lacks " + name));
    }
}
