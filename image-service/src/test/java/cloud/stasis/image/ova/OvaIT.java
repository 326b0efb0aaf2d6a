package cloud.stasis.image.ova;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.Stores;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.qcow2.QemuImg;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.upload.ContainerFormat;
import cloud.stasis.image.upload.DiskFormat;
import cloud.stasis.image.upload.ImageUpload;
import cloud.stasis.image.upload.UploadedImage;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.RamFooter;
import cloud.stasis.machine.VirtType;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OvaIT {
    private static final int DISK_BYTES = 3 * 1024 * 1024;
    private static final ByteCount MEMORY = ByteCount.ofMib(16);

    private final Random random = new Random(20261122);
    private final byte[] root = disk(DISK_BYTES);
    private final byte[] data = disk(2 * DISK_BYTES);
    private final byte[] memory = memory(MEMORY);
    private final Machine machine = Machine.of(
            InstanceId.random(),
            new InstanceSpec(
                    "web",
                    1,
                    MEMORY,
                    new Boot.FromDisk(),
                    List.of(
                            new DiskSpec(DeviceName.virtio(0), ByteCount.ofBytes(DISK_BYTES), new DiskSource.Blank()),
                            new DiskSpec(
                                    DeviceName.virtio(1), ByteCount.ofBytes(2 * DISK_BYTES), new DiskSource.Blank()))),
            new Machine.Board("pc-i440fx-7.2", VirtType.QEMU));

    @TempDir
    Path directory;

    private Repository repository;

    @BeforeEach
    void open() {
        repository = Stores.open(directory.resolve("store"));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void aBundleIsATarOfADescriptionDisksPartsAndHashes() throws Exception {
        Path file = directory.resolve("bundle.ova");
        Files.write(file, whole(export(bundle(repository))));

        String list = QemuImg.run("tar", "--warning=no-all", "-tf", file.toString());
        QemuImg.run("tar", "-xf", file.toString(), "-C", directory.toString());

        assertThat(list.lines())
                .containsExactly(
                        "bundle.ovf",
                        "disk-vda.qcow2",
                        "disk-vdb.qcow2",
                        "memory",
                        "domain.xml",
                        "devices.json",
                        "stasis-manifest.json",
                        "bundle.mf");
        assertThat(disk("disk-vda.qcow2")).isEqualTo(root);
        assertThat(disk("disk-vdb.qcow2")).isEqualTo(data);
        assertThat(Files.readAllBytes(directory.resolve("memory"))).isEqualTo(memory);
        String sums = Files.readString(directory.resolve("bundle.mf"))
                .replaceAll("SHA256\\((.*)\\)= (.*)", directory + "/$1 $2")
                .replaceAll("(\\S+) (\\S+)", "$2  $1");
        Files.writeString(directory.resolve("sums"), sums);
        QemuImg.run("sha256sum", "--check", "--quiet", directory.resolve("sums").toString());
    }

    @Test
    void forOtherHypervisorsItHoldsTheDisksAloneAsVmdk() throws Exception {
        Manifest ours = bundle(repository);
        Map<String, String> metadata = new HashMap<>(ours.metadata());
        metadata.put("disk_format", "vmdk");
        byte[] archive = whole(export(new Manifest(
                ours.version(),
                ours.kind(),
                ours.instance(),
                ours.takenAt(),
                ours.parent(),
                ours.parts(),
                ours.receipt(),
                metadata)));
        Path file = Files.write(directory.resolve("bundle.ova"), archive);

        String list = QemuImg.run("tar", "--warning=no-all", "-tf", file.toString());
        QemuImg.run("tar", "-xf", file.toString(), "-C", directory.toString());

        assertThat(list.lines()).containsExactly("bundle.ovf", "disk-vda.vmdk", "disk-vdb.vmdk", "bundle.mf");
        assertThat(disk("disk-vda.vmdk")).isEqualTo(root);
        assertThat(disk("disk-vdb.vmdk")).isEqualTo(data);
        assertThat(Files.readString(directory.resolve("bundle.ovf"))).contains("#streamOptimized");
        assertThat(disks(upload(repository, ImageId.random(), archive)))
                .as("and here they are what they were")
                .isEqualTo(disks(ours.parts()));
    }

    @Test
    void itStaysTheSameWhateverIsSaidOfTheImage() throws Exception {
        Manifest bundle = bundle(repository);
        Map<String, String> metadata = new HashMap<>(bundle.metadata());
        metadata.put("name", "another one");
        metadata.put("checksum", "0".repeat(32));

        byte[] later = whole(export(new Manifest(
                bundle.version(),
                bundle.kind(),
                bundle.instance(),
                bundle.takenAt(),
                bundle.parent(),
                bundle.parts(),
                bundle.receipt(),
                metadata)));

        assertThat(later).isEqualTo(whole(export(bundle)));
    }

    @Test
    void anyRangeOfItCanBeReadInAnyOrder() throws Exception {
        Manifest bundle = bundle(repository);
        byte[] expected = whole(export(bundle));
        for (int round = 0; round < 50; round++) {
            ContentSource file = new ImageFiles(repository).file(seal(repository, bundle));
            int from = random.nextInt(expected.length);
            ByteBuffer range = ByteBuffer.allocate(1 + random.nextInt(Math.min(expected.length - from, 300_000)));

            file.read(from, range);

            assertThat(range.array()).isEqualTo(Arrays.copyOfRange(expected, from, from + range.capacity()));
        }
    }

    @Test
    void anotherSiteGetsTheWholeBundleBack() throws Exception {
        Manifest bundle = bundle(repository);
        byte[] file = whole(export(bundle));
        try (Repository other = Stores.open(directory.resolve("other"))) {
            ImageId image = ImageId.random();

            UploadedImage uploaded = upload(other, image, file);

            Manifest manifest = other.manifest(uploaded.manifest());
            assertThat(manifest.parts().subList(1, manifest.parts().size())).isEqualTo(bundle.parts());
            assertThat(manifest.instance()).isEqualTo(bundle.instance());
            assertThat(manifest.takenAt()).isEqualTo(bundle.takenAt());
            assertThat(manifest.metadata()).containsEntry("flavor", "m1.small");
            assertThat(uploaded.virtualSize().bytes()).isEqualTo(DISK_BYTES);
            assertThat(whole(new ImageFiles(other).file(ReferenceName.of(image))))
                    .isEqualTo(file);
        }
    }

    @Test
    void anArchiveFromElsewhereGivesItsDisks() throws Exception {
        Path qcow2 = qcow2();
        Path ovf = directory.resolve("machine.ovf");
        Files.writeString(ovf, Archive.ovf("disk1.qcow2"));
        Files.move(qcow2, directory.resolve("disk1.qcow2"));
        Path file = directory.resolve("machine.ova");
        QemuImg.run(
                "tar",
                "--format=ustar",
                "-C",
                directory.toString(),
                "-cf",
                file.toString(),
                "machine.ovf",
                "disk1.qcow2");

        UploadedImage uploaded = upload(repository, ImageId.random(), Files.readAllBytes(file));

        assertThat(uploaded.parts()).hasSize(2);
        assertThat(uploaded.parts().getLast())
                .isEqualTo(new Part.Disk(DeviceName.virtio(0), Stores.put(repository, root)));
    }

    /// Named by SHA-1, as it does.
    @ParameterizedTest
    @ValueSource(strings = {"streamOptimized", "monolithicSparse"})
    void aMachineOfVirtualBoxBoots(String subformat) throws Exception {
        byte[] disk = vmdk(root, subformat);
        String ovf = ForeignOvf.virtualBox("web-disk001.vmdk", DISK_BYTES);
        String hashes = "SHA1 (web.ovf) = %s%nSHA1 (web-disk001.vmdk) = %s%n"
                .formatted(sha1(ovf.getBytes(StandardCharsets.UTF_8)), sha1(disk));
        byte[] file = new Archive()
                .with("web.ovf", ovf)
                .with("web-disk001.vmdk", disk)
                .with("web.mf", hashes)
                .end();
        ImageId image = ImageId.random();

        UploadedImage uploaded = upload(repository, image, file);

        assertThat(disks(uploaded)).containsExactly(new Part.Disk(DeviceName.virtio(0), Stores.put(repository, root)));
        assertThat(uploaded.virtualSize().bytes()).isEqualTo(DISK_BYTES);
        assertThat(whole(new ImageFiles(repository).file(ReferenceName.of(image))))
                .as("what was uploaded comes back")
                .isEqualTo(file);
    }

    @Test
    void aMachineOfVmwareBoots() throws Exception {
        byte[] file = new Archive()
                .with("web.ovf", ForeignOvf.vmware("web-disk1.vmdk", "web-disk2.vmdk", "web-file3.nvram", 3))
                .with("web-disk1.vmdk", vmdk(root, "streamOptimized"))
                .with("web-disk2.vmdk", vmdk(data, "streamOptimized"))
                .with("web-file3.nvram", new byte[8684])
                .hashed("web.mf")
                .end();

        assertThat(disks(upload(repository, ImageId.random(), file)))
                .containsExactly(
                        new Part.Disk(DeviceName.virtio(0), Stores.put(repository, root)),
                        new Part.Disk(DeviceName.virtio(1), Stores.put(repository, data)));
    }

    @Test
    void disksOfAFormatThatIsNotReadAreKeptInTheirArchive() throws Exception {
        for (byte[] disk : List.of(
                "COWD and so on".getBytes(StandardCharsets.US_ASCII), "conectix".getBytes(StandardCharsets.US_ASCII))) {
            byte[] file = new Archive()
                    .with("m.ovf", Archive.ovf("d.vmdk"))
                    .with("d.vmdk", disk)
                    .end();

            assertThat(upload(repository, ImageId.random(), file).parts()).hasSize(1);
        }
    }

    @Test
    void bytesThatAreNoArchiveAreKeptAsTheyAre() {
        byte[] file = disk(100_000);

        assertThat(upload(repository, ImageId.random(), file).parts()).hasSize(1);
    }

    // ---- hostile ones

    @Test
    void membersThatTheDescriptionDoesNotNameAreRefused() throws Exception {
        refused(plain().with("extra", "x").end(), "does not name extra");
        refused(new Archive().with("m.ovf", Archive.ovf("d.qcow2")).end(), "lacks d.qcow2");
    }

    @Test
    void namesAreNamesOfFilesAndNothingElse() throws Exception {
        byte[] content = Files.readAllBytes(qcow2());
        for (String name : List.of("../d.qcow2", "/etc/passwd", "a/d.qcow2", ".hidden", "a\nb", "..")) {
            refused(plain().forged(name, '0', content).end(), "plain file name");
            refused(
                    new Archive()
                            .with("m.ovf", Archive.ovf(name.replace("\n", "&#10;")))
                            .end(),
                    "plain file name");
        }
    }

    @Test
    void linksFoldersAndDevicesAreRefused() throws Exception {
        for (char type : new char[] {'1', '2', '3', '5', 'x', 'L'}) {
            refused(plain().forged("other", type, new byte[0]).end(), "links, folders or devices");
        }
    }

    @Test
    void aNameTwiceIsRefused() throws Exception {
        refused(plain().with("d.qcow2", "x").end(), "twice");
        refused(
                new Archive()
                        .with(
                                "m.ovf",
                                Archive.ovf(
                                        "",
                                        "<File ovf:href=\"a\" ovf:id=\"f\"/><File ovf:href=\"b\" ovf:id=\"f\"/>",
                                        ""))
                        .end(),
                "twice");
    }

    @Test
    void whatIsTooLargeOrCutOffIsRefused() throws Exception {
        byte[] good = plain().end();
        refused(Arrays.copyOf(good, good.length - 2000), "cut off");
        refused(new Archive().with("m.ovf", " ".repeat(Ovf.MAX_BYTES + 1)).end(), "more than");
        refused(Arrays.copyOf(good, good.length + 2 * 1024 * 1024), "behind its end");
        byte[] hidden = Arrays.copyOf(good, good.length + 10_000);
        hidden[hidden.length - 1] = 1;
        refused(hidden, "behind its end");
    }

    @Test
    void aDocumentTypeIsRefused() throws Exception {
        String type = "<!DOCTYPE e [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";

        refused(new Archive().with("m.ovf", Archive.ovf(type, "", "")).end(), "document type");
        refused(
                new Archive()
                        .with("m.ovf", Archive.ovf("", "<File ovf:href=\"&x;\"/>", ""))
                        .end(),
                "entities");
    }

    @Test
    void hashesThatDoNotMatchAreRefused() throws Exception {
        byte[] disk = Files.readAllBytes(qcow2());
        String ovf = Archive.ovf("d.qcow2");
        String zeros = "0".repeat(64);
        refused(
                plain().with("m.mf", "SHA256(m.ovf)= " + zeros + "\nSHA256(d.qcow2)= " + zeros)
                        .end(),
                "another hash");
        refused(
                new Archive()
                        .with("m.ovf", ovf)
                        .hashed("m.mf")
                        .with("d.qcow2", disk)
                        .end(),
                "no hash of its d.qcow2");
        refused(plain().with("m.mf", "SHA256(../x)= " + zeros).end(), "hashes");
    }

    @Test
    void goodHashesAreAccepted() throws Exception {
        byte[] file = plain().hashed("m.mf").end();

        assertThat(upload(repository, ImageId.random(), file).parts()).hasSize(2);
    }

    @Test
    void aDiskThatStandsOnAnotherFileIsRefused() throws Exception {
        Path overlay = directory.resolve("overlay");
        QemuImg.run("qemu-img", "create", "-f", "qcow2", "-b", "/etc/passwd", "-F", "raw", overlay.toString(), "3M");

        refused(
                new Archive()
                        .with("m.ovf", Archive.ovf("d.qcow2"))
                        .with("d.qcow2", Files.readAllBytes(overlay))
                        .end(),
                "backing file");
    }

    @Test
    void aVmdkThatIsNotAWholeDiskIsRefused() throws Exception {
        byte[] disk = vmdk(root, "streamOptimized");
        byte[] damaged = disk.clone();
        damaged[disk.length / 2] ^= 1;
        for (byte[] bad : List.of("KDMV and so on".getBytes(StandardCharsets.US_ASCII), damaged)) {
            refused(
                    new Archive()
                            .with("m.ovf", Archive.ovf("d.vmdk"))
                            .with("d.vmdk", bad)
                            .end(),
                    "not accepted as vmdk");
        }
    }

    @Test
    void unitsOfWhichNobodyKnowsAreRefused() throws Exception {
        String file = "<File ovf:href=\"d.vmdk\" ovf:id=\"f\"/>";
        String disk =
                "<Disk ovf:diskId=\"d\" ovf:fileRef=\"f\" ovf:capacityAllocationUnits=\"%s\" ovf:capacity=\"3\"/>";
        refused(
                new Archive()
                        .with("m.ovf", Archive.ovf("", file, disk.formatted("furlong")))
                        .end(),
                "unit");
        refused(
                new Archive()
                        .with("m.ovf", Archive.ovf("", file, disk.formatted("byte * 2^62")))
                        .end(),
                "number");
    }

    @Test
    void aBundleWhosePartsAreNotThoseOfItsManifestIsRefused() throws Exception {
        byte[] file = whole(export(bundle(repository)));
        String text = new String(file, StandardCharsets.ISO_8859_1);
        // The memory begins behind its header; the hashes at the end are changed with it.
        int at = text.indexOf("memory\0") + TarEntry.BLOCK;
        file[at] ^= 1;

        refused(file, "another hash");
        refused(Arrays.copyOf(file, text.indexOf("bundle.mf\0")), "cut off");
        byte[] withoutHashes = Arrays.copyOf(file, text.indexOf("bundle.mf\0") + 2 * TarEntry.BLOCK);
        Arrays.fill(withoutHashes, withoutHashes.length - 2 * TarEntry.BLOCK, withoutHashes.length, (byte) 0);
        refused(withoutHashes, "not what its manifest names");
    }

    @Test
    void whatDoesNotGoTogetherIsNoMachine() throws Exception {
        Manifest good = bundle(repository);
        List<Part> parts = good.parts();
        Part.DeviceArchive devices = (Part.DeviceArchive) parts.getLast();
        String text = new String(DeviceArchive.write(machine), StandardCharsets.UTF_8);

        refused(with(good, without(parts, devices)), "no devices that go with it");
        refused(with(good, without(parts, parts.get(1))), "disks are not those");
        refused(with(good, devices, archive("{}")), "device archive is not valid");
        refused(
                with(good, devices, archive(text.replace("\"bus\"", "\"hostdev\":\"0000:01:00.0\",\"bus\""))),
                "device archive is not valid");
        refused(
                with(good, devices, archive(text.replace("\"blank\"", "\"host-file\""))),
                "device archive is not valid");
        refused(
                with(good, devices, archive(text.replace("pc-i440fx-7.2", "pc,accel=x"))),
                "device archive is not valid");
        refused(
                with(good, devices, archive(text.replace("" + MEMORY.bytes(), "" + 2 * MEMORY.bytes()))),
                "its memory has");
        byte[] longer = memory(MEMORY);
        longer[longer.length - 9] ^= 1;
        refused(
                with(good, parts.get(2), new Part.Memory(Part.MemoryFormat.RAM_IMAGE, Stores.put(repository, longer))),
                "do not add up");
    }

    @Test
    void anArchiveTellsWhatMachineIsInIt() throws Exception {
        Manifest bundle = bundle(repository);
        byte[] file = whole(export(bundle));
        ImageId image = ImageId.random();
        upload(repository, image, file);
        Content stored = Stores.put(repository, file);

        CommandResult.Opened opened =
                OvaImport.open(stored, repository.ownExchange()).orElseThrow();

        assertThat(opened.machine()).isEqualTo(machine.spec());
        assertThat(opened.manifest().parts()).isEqualTo(bundle.parts());
        assertThat(repository
                        .reference(ReferenceName.of(image))
                        .map(known -> repository.manifest(known.manifest()).parent()))
                .as("no file decides of what other bundle this one is a child")
                .contains(Optional.empty());
        assertThat(OvaImport.open(Stores.put(repository, plain().end()), repository.ownExchange()))
                .isEmpty();
    }

    private byte[] with(Manifest of, Part instead, Part other) throws IOException {
        return with(
                of,
                of.parts().stream()
                        .map(part -> part.equals(instead) ? other : part)
                        .toList());
    }

    private byte[] with(Manifest of, List<Part> parts) throws IOException {
        return whole(export(new Manifest(
                of.version(),
                of.kind(),
                of.instance(),
                of.takenAt(),
                of.parent(),
                parts,
                of.receipt(),
                of.metadata())));
    }

    private static List<Part> without(List<Part> parts, Part left) {
        return parts.stream().filter(part -> !part.equals(left)).toList();
    }

    private Part archive(String json) {
        return new Part.DeviceArchive(Stores.put(repository, json.getBytes(StandardCharsets.UTF_8)));
    }

    private void refused(byte[] file, String words) {
        ImageId image = ImageId.random();
        assertThatThrownBy(() -> upload(repository, image, file))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HOSTILE_IMAGE))
                .hasMessageContaining(words);
        assertThat(repository.reference(ReferenceName.of(image))).isEmpty();
    }

    // ---- bundles and files

    private Manifest bundle(Repository in) {
        return new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.IMAGE,
                Optional.of(InstanceId.random()),
                Instant.parse("2026-11-22T10:00:00.123456Z"),
                Optional.empty(),
                List.of(
                        new Part.Disk(DeviceName.virtio(0), Stores.put(in, root)),
                        new Part.Disk(DeviceName.virtio(1), Stores.put(in, data)),
                        new Part.Memory(Part.MemoryFormat.RAM_IMAGE, Stores.put(in, memory)),
                        new Part.DomainXml(Stores.put(in, "<domain/>".getBytes(StandardCharsets.UTF_8))),
                        new Part.DeviceArchive(Stores.put(in, DeviceArchive.write(machine)))),
                Optional.empty(),
                Map.of("container_format", "ova", "flavor", "m1.small"));
    }

    private static ReferenceName seal(Repository in, Manifest bundle) {
        ReferenceName name = ReferenceName.of(ImageId.random());
        in.seal(name, bundle);
        return name;
    }

    private ContentSource export(Manifest bundle) {
        return new ImageFiles(repository).file(seal(repository, bundle));
    }

    private static byte[] whole(ContentSource file) throws IOException {
        byte[] bytes = new byte[(int) file.size().bytes()];
        for (int at = 0; at < bytes.length; at += 1 << 20) {
            file.read(at, ByteBuffer.wrap(bytes, at, Math.min(1 << 20, bytes.length - at)));
        }
        return bytes;
    }

    private Archive plain() throws Exception {
        return new Archive().with("m.ovf", Archive.ovf("d.qcow2")).with("d.qcow2", Files.readAllBytes(qcow2()));
    }

    private Path qcow2() throws Exception {
        Path file = directory.resolve("made.qcow2");
        if (!Files.exists(file)) {
            Path raw = directory.resolve("made.raw");
            Files.write(raw, root);
            QemuImg.convert(raw, file, "qcow2");
        }
        return file;
    }

    private byte[] vmdk(byte[] content, String subformat) throws Exception {
        Path raw = Files.write(directory.resolve("foreign.raw"), content);
        Path file = directory.resolve("foreign.vmdk");
        QemuImg.convert(raw, file, "vmdk", "-o", "subformat=" + subformat);
        return Files.readAllBytes(file);
    }

    private static String sha1(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    }

    private static List<Part> disks(UploadedImage image) {
        return disks(image.parts());
    }

    private static List<Part> disks(List<Part> parts) {
        return parts.stream().filter(Part.Disk.class::isInstance).toList();
    }

    private byte[] disk(String qcow2) throws Exception {
        Path raw = directory.resolve(qcow2 + ".raw");
        QemuImg.run("qemu-img", "check", directory.resolve(qcow2).toString());
        QemuImg.convert(directory.resolve(qcow2), raw, "raw");
        return Files.readAllBytes(raw);
    }

    /// RAM, some state behind it, and the end that says so.
    private byte[] memory(ByteCount ram) {
        byte[] state = disk(4096);
        return ByteBuffer.allocate((int) ram.bytes() + state.length + RamFooter.BYTES)
                .put(disk((int) ram.bytes()))
                .put(state)
                .put(new RamFooter(ram, ByteCount.ofBytes(state.length)).encode())
                .array();
    }

    /// Random, with a hole in its middle.
    private byte[] disk(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        Arrays.fill(bytes, length / 4, length / 2, (byte) 0);
        return bytes;
    }

    private static UploadedImage upload(Repository into, ImageId image, byte[] file) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(file);
        return new ImageUpload(into, TransferThreads.forThisMachine(), Clock.systemUTC())
                .take(
                        new ImageUpload.Request(
                                image, DiskFormat.QCOW2, ContainerFormat.OVA, Map.of("name", "imported")),
                        bytes::read);
    }
}
