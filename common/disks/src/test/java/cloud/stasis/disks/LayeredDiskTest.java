package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayeredDiskTest {
    private static final ByteCount SIZE = ByteCount.ofMib(1);
    private static final Content IMAGE = content(1, ByteCount.ofKib(512));

    @TempDir
    Path directory;

    private final SparseLayers files = new SparseLayers();
    private Path raw;

    @BeforeEach
    void image() throws IOException {
        raw = Files.write(directory.resolve("image.raw"), LayerFilesContract.filled(512 * 1024, 7));
    }

    @Test
    void newDiskRestsAtItsImage() {
        LayeredDisk disk = overImage();

        assertThat(disk.atRest()).contains(IMAGE);
        assertThat(disk.known(disk.active())).isEqualTo(new LayeredDisk.Known(IMAGE, 1));
    }

    @Test
    void blankDiskRestsAtZeros() {
        LayeredDisk disk = LayeredDisk.createBlank(directory.resolve("disk"), files, SIZE);

        assertThat(disk.atRest()).contains(new Content(IndexId.ZERO, SIZE));
    }

    @Test
    void diskSmallerThanItsImageIsRefused() {
        assertThatThrownBy(() ->
                        LayeredDisk.createOver(directory.resolve("disk"), files, ByteCount.ofKib(256), IMAGE, raw))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void writingForgetsWhatTheDiskEquals() {
        LayeredDisk disk = overImage();

        disk.willBeWritten();

        assertThat(reopened().atRest()).isEmpty();
        assertThat(reopened().known(disk.active())).isEqualTo(new LayeredDisk.Known(IMAGE, 1));
    }

    @Test
    void diskThatWasOpenedSinceDoesNotRestAtWhatWasRead() {
        LayeredDisk disk = overImage();
        long before = disk.openings();
        disk.willBeWritten();

        disk.rests(content(2, SIZE), before);
        assertThat(disk.atRest()).isEmpty();

        disk.rests(content(2, SIZE), disk.openings());
        assertThat(disk.atRest()).contains(content(2, SIZE));
    }

    @Test
    void frozenLayerWithANameIsWhatTheNextDiffersFrom() {
        LayeredDisk disk = overImage();
        disk.willBeWritten();
        LayerNumber frozen = disk.active();
        disk.prepare();
        disk.commit(LayeredDisk.Use.AT_REST);
        assertThat(disk.atRest()).isEmpty();
        assertThat(disk.known(disk.active())).isEqualTo(new LayeredDisk.Known(IMAGE, 2));

        disk.name(frozen, content(2, SIZE));

        assertThat(reopened().atRest()).contains(content(2, SIZE));
        assertThat(reopened().known(disk.active())).isEqualTo(new LayeredDisk.Known(content(2, SIZE), 1));
    }

    @Test
    void layerCommittedUnderARunningGuestIsNotTakenForEmpty() {
        LayeredDisk disk = overImage();
        disk.willBeWritten();
        LayerNumber frozen = disk.active();
        disk.prepare();
        disk.commit(LayeredDisk.Use.BEING_WRITTEN);

        disk.name(frozen, content(2, SIZE));

        assertThat(disk.atRest()).isEmpty();
    }

    @Test
    void revertDropsWhatNoSnapshotHolds() throws IOException {
        SnapshotId snapshot = SnapshotId.random();
        LayeredDisk disk = overImage();
        write(disk, 1);
        LayerNumber frozen = disk.active();
        disk.prepare();
        disk.hold(frozen, snapshot);
        disk.commit(LayeredDisk.Use.AT_REST);
        write(disk, 2);
        Path dropped = disk.activeFile();

        disk.prepareOn(disk.heldBy(snapshot).orElseThrow());
        disk.commit(LayeredDisk.Use.AT_REST);

        assertThat(dropped).doesNotExist();
        try (LayerReader reader = disk.read(disk.active())) {
            assertThat(LayerFilesContract.bytes(reader, 0, 100)).containsOnly(1);
        }
    }

    @Test
    void releasedLayerStaysWhileTheActiveOneStandsOnIt() {
        SnapshotId snapshot = SnapshotId.random();
        LayeredDisk disk = overImage();
        LayerNumber frozen = disk.active();
        disk.prepare();
        disk.hold(frozen, snapshot);
        disk.commit(LayeredDisk.Use.AT_REST);

        disk.release(snapshot);

        assertThat(disk.file(frozen)).exists();
        assertThat(disk.holders()).isEmpty();
    }

    @Test
    void frozenLayerThatSomeoneWroteToIsNotHeldAnyMore() throws IOException {
        SnapshotId snapshot = SnapshotId.random();
        LayeredDisk disk = overImage();
        LayerNumber frozen = disk.active();
        disk.prepare();
        disk.hold(frozen, snapshot);
        disk.commit(LayeredDisk.Use.AT_REST);
        assertThat(disk.heldBy(snapshot)).contains(frozen);

        Files.write(disk.file(frozen), new byte[] {1});

        assertThat(disk.heldBy(snapshot)).isEmpty();
    }

    @Test
    void preparedLayerSurvivesAReopenAndIsReplacedOrDropped() {
        LayeredDisk disk = overImage();
        LayerNumber prepared = disk.prepare();
        assertThat(reopened().prepared()).contains(prepared);

        LayeredDisk again = reopened();
        again.abandon();

        assertThat(again.file(prepared)).doesNotExist();
        assertThat(again.prepared()).isEmpty();
        assertThat(again.prepare()).isNotEqualTo(prepared);
    }

    @Test
    void fileWithoutAnEntryIsSwept() throws IOException {
        LayeredDisk disk = overImage();
        Path stray = Files.write(directory.resolve("disk/9.sparse"), new byte[] {1});

        assertThat(disk.strays()).containsExactly(stray);
        disk.sweep();

        assertThat(stray).doesNotExist();
        assertThat(disk.activeFile()).exists();
    }

    @Test
    void growingThatWasCutOffAndClearedAwayBeginsAnew() throws IOException {
        LayeredDisk disk = overImage();
        ByteCount larger = ByteCount.ofMib(2);
        // Where the new layer would be, so that it ends there.
        Path inTheWay = Files.createDirectories(directory.resolve("disk/1.sparse/full"));
        assertThatThrownBy(() -> disk.grow(larger)).isInstanceOf(StasisException.class);
        Files.delete(inTheWay);
        LayeredDisk again = reopened();
        again.abandon();

        again.grow(larger);

        LayeredDisk grown = reopened();
        assertThat(grown.size()).isEqualTo(larger);
        assertThat(files.open(grown.activeFile()).size()).isEqualTo(larger);
    }

    private LayeredDisk overImage() {
        return LayeredDisk.createOver(directory.resolve("disk"), files, SIZE, IMAGE, raw);
    }

    private LayeredDisk reopened() {
        return LayeredDisk.open(directory.resolve("disk"), files);
    }

    private void write(LayeredDisk disk, int value) throws IOException {
        disk.willBeWritten();
        try (SparseDisk open = files.openForWriting(disk.activeFile())) {
            open.write(0, ByteBuffer.wrap(LayerFilesContract.filled(100, value)));
        }
    }

    private static Content content(long name, ByteCount size) {
        return new Content(new IndexId(new Digest(name, 0, 0, 0)), size);
    }
}
