package cloud.stasis.volume.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What every driver keeps to. A driver's test extends this and says how to make one.
public abstract class VolumeDriverContract {
    private static final ByteCount WRITTEN = ByteCount.ofMib(16);
    /// What a backend may need for tables, for each of few volumes.
    private static final ByteCount SLACK = ByteCount.ofMib(6);

    protected abstract VolumeDriver driver();

    /// Holds the volume open for writing until closed, as a running guest does.
    protected abstract AutoCloseable inUse(VolumeId volume);

    /// Fills the beginning with a byte, as a guest that runs for a moment.
    protected abstract void write(VolumeId volume, int pattern, ByteCount length);

    /// What all volumes take of the backend, and what else is on it.
    protected abstract ByteCount occupied();

    protected final void write(VolumeId volume, int pattern) {
        write(volume, pattern, ByteCount.ofKib(64));
    }

    /// Whether the first 64 KiB hold nothing but the byte.
    protected abstract boolean holds(VolumeId volume, int pattern);

    @Test
    void aNewVolumeHasItsSize() {
        VolumeId volume = VolumeId.random();
        driver().create(volume, ByteCount.ofGib(1));
        assertThat(driver().size(volume)).isEqualTo(ByteCount.ofGib(1));
    }

    @Test
    void creatingTwiceIsCreatingOnce() {
        VolumeId volume = VolumeId.random();
        driver().create(volume, ByteCount.ofGib(1));
        driver().create(volume, ByteCount.ofGib(1));
        assertThat(driver().size(volume)).isEqualTo(ByteCount.ofGib(1));
    }

    @Test
    void aVolumeThatExistsIsNotMadeAgainWithAnotherSize() {
        VolumeId volume = VolumeId.random();
        driver().create(volume, ByteCount.ofGib(1));
        fails(ErrorCode.WRONG_STATE, () -> driver().create(volume, ByteCount.ofGib(2)));
    }

    @Test
    void aSizeThatNoVolumeHasIsRefused() {
        fails(ErrorCode.INVALID_REQUEST, () -> driver().create(VolumeId.random(), ByteCount.ZERO));
        fails(ErrorCode.INVALID_REQUEST, () -> driver().create(VolumeId.random(), ByteCount.ofBytes(Long.MAX_VALUE)));
    }

    @Test
    void deletingIsRepeatableAndFinal() {
        VolumeId volume = VolumeId.random();
        driver().create(volume, ByteCount.ofGib(1));
        driver().delete(volume);
        driver().delete(volume);
        fails(ErrorCode.VOLUME_NOT_FOUND, () -> driver().size(volume));
    }

    @Test
    void aVolumeInUseIsNotDeleted() throws Exception {
        VolumeId volume = VolumeId.random();
        driver().create(volume, ByteCount.ofMib(64));
        try (AutoCloseable user = inUse(volume)) {
            assertThat(user).isNotNull();
            fails(ErrorCode.WRONG_STATE, () -> driver().delete(volume));
        }
        driver().delete(volume);
    }

    @Test
    void goesBackToAnySnapshotAnyNumberOfTimes() {
        VolumeDriver driver = driver();
        assumeTrue(driver instanceof Snapshotting);
        Snapshotting able = (Snapshotting) driver;
        VolumeId volume = VolumeId.random();
        SnapshotId first = SnapshotId.random();
        SnapshotId second = SnapshotId.random();
        driver.create(volume, ByteCount.ofMib(64));
        write(volume, 1);
        able.snapshot(volume, first);
        able.snapshot(volume, first);
        write(volume, 2);
        able.snapshot(volume, second);
        write(volume, 3);

        able.revert(volume, first);
        assertThat(holds(volume, 1)).isTrue();
        write(volume, 4);
        able.revert(volume, second);
        assertThat(holds(volume, 2)).isTrue();
        able.drop(volume, first);
        able.drop(volume, first);
        fails(ErrorCode.SNAPSHOT_NOT_FOUND, () -> able.revert(volume, first));
        able.revert(volume, second);
        assertThat(holds(volume, 2)).isTrue();
        able.drop(VolumeId.random(), first);
    }

    @Test
    void aVolumeInUseIsNeitherSnapshottedNorRevertedNorGrown() throws Exception {
        VolumeDriver driver = driver();
        assumeTrue(driver instanceof Snapshotting && driver instanceof Growing);
        VolumeId volume = VolumeId.random();
        driver.create(volume, ByteCount.ofMib(64));
        try (AutoCloseable user = inUse(volume)) {
            assertThat(user).isNotNull();
            fails(ErrorCode.WRONG_STATE, () -> ((Snapshotting) driver).snapshot(volume, SnapshotId.random()));
            fails(ErrorCode.WRONG_STATE, () -> ((Snapshotting) driver).revert(volume, SnapshotId.random()));
            fails(ErrorCode.WRONG_STATE, () -> ((Growing) driver).grow(volume, ByteCount.ofMib(128)));
        }
    }

    @Test
    void growsAndKeepsWhatItHolds() {
        VolumeDriver driver = driver();
        assumeTrue(driver instanceof Growing);
        VolumeId volume = VolumeId.random();
        driver.create(volume, ByteCount.ofMib(64));
        write(volume, 1);

        ((Growing) driver).grow(volume, ByteCount.ofMib(128));
        ((Growing) driver).grow(volume, ByteCount.ofMib(128));

        assertThat(driver.size(volume)).isEqualTo(ByteCount.ofMib(128));
        assertThat(holds(volume, 1)).isTrue();
        fails(ErrorCode.INVALID_REQUEST, () -> ((Growing) driver).grow(volume, ByteCount.ofMib(64)));
    }

    @Test
    void aCopyIsIndependentOfItsSource() {
        VolumeDriver driver = driver();
        assumeTrue(driver instanceof Snapshotting && driver instanceof Copying);
        VolumeId source = VolumeId.random();
        VolumeId now = VolumeId.random();
        VolumeId then = VolumeId.random();
        SnapshotId snapshot = SnapshotId.random();
        driver.create(source, ByteCount.ofMib(64));
        write(source, 1);
        ((Snapshotting) driver).snapshot(source, snapshot);
        write(source, 2);

        ((Copying) driver).copy(now, ByteCount.ofMib(128), source, Optional.empty());
        ((Copying) driver).copy(now, ByteCount.ofMib(128), source, Optional.empty());
        ((Copying) driver).copy(then, ByteCount.ofMib(64), source, Optional.of(snapshot));
        driver.delete(source);

        assertThat(driver.size(now)).isEqualTo(ByteCount.ofMib(128));
        assertThat(holds(now, 2)).isTrue();
        assertThat(holds(then, 1)).isTrue();
        fails(ErrorCode.VOLUME_NOT_FOUND, () -> ((Copying) driver)
                .copy(VolumeId.random(), ByteCount.ofMib(64), VolumeId.random(), Optional.empty()));
    }

    @Test
    void aSnapshotThatIsDroppedGivesItsSpaceBackInAnyOrder() {
        VolumeDriver driver = driver();
        assumeTrue(driver instanceof Snapshotting);
        for (List<Integer> order : List.of(List.of(0, 1, 2), List.of(2, 1, 0), List.of(1, 0, 2))) {
            ByteCount before = occupied();
            VolumeId volume = VolumeId.random();
            driver.create(volume, ByteCount.ofMib(64));
            List<SnapshotId> snapshots =
                    Stream.generate(SnapshotId::random).limit(3).toList();
            for (SnapshotId snapshot : snapshots) {
                write(volume, 1 + snapshots.indexOf(snapshot), WRITTEN);
                ((Snapshotting) driver).snapshot(volume, snapshot);
            }
            write(volume, 4, WRITTEN);

            for (int dropped = 1; dropped <= order.size(); dropped++) {
                ((Snapshotting) driver).drop(volume, snapshots.get(order.get(dropped - 1)));
                awaitOccupied(before, (order.size() - dropped + 1) * WRITTEN.bytes());
            }
            assertThat(holds(volume, 4)).isTrue();
            driver.delete(volume);
        }
    }

    @Test
    void aSnapshotAsideOfTheVolumeGivesItsSpaceBackToo() {
        VolumeDriver driver = driver();
        assumeTrue(driver instanceof Snapshotting);
        Snapshotting able = (Snapshotting) driver;
        ByteCount before = occupied();
        VolumeId volume = VolumeId.random();
        List<SnapshotId> snapshots =
                Stream.generate(SnapshotId::random).limit(3).toList();
        driver.create(volume, ByteCount.ofMib(64));
        for (SnapshotId snapshot : snapshots) {
            write(volume, 1 + snapshots.indexOf(snapshot), WRITTEN);
            able.snapshot(volume, snapshot);
        }
        able.revert(volume, snapshots.getFirst());

        able.drop(volume, snapshots.get(1));

        awaitOccupied(before, 2 * WRITTEN.bytes());
        able.revert(volume, snapshots.get(2));
        assertThat(holds(volume, 3)).isTrue();
        able.revert(volume, snapshots.getFirst());
        assertThat(holds(volume, 1)).isTrue();
    }

    @Test
    void aCopyTakesNoSpaceAndLastsLongerThanItsSource() {
        VolumeDriver driver = driver();
        assumeTrue(driver instanceof Snapshotting && driver instanceof Copying);
        ByteCount before = occupied();
        VolumeId source = VolumeId.random();
        VolumeId copy = VolumeId.random();
        VolumeId ofCopy = VolumeId.random();
        SnapshotId snapshot = SnapshotId.random();
        driver.create(source, ByteCount.ofMib(64));
        write(source, 1, WRITTEN);
        ((Snapshotting) driver).snapshot(source, snapshot);
        ((Copying) driver).copy(copy, ByteCount.ofMib(64), source, Optional.of(snapshot));
        ((Copying) driver).copy(ofCopy, ByteCount.ofMib(64), copy, Optional.empty());
        awaitOccupied(before, WRITTEN.bytes());
        write(copy, 2);
        write(source, 3);

        ((Snapshotting) driver).drop(source, snapshot);
        assertThat(holds(ofCopy, 1)).isTrue();
        assertThat(holds(copy, 2)).isTrue();
        driver.delete(source);
        driver.delete(copy);
        assertThat(holds(ofCopy, 1)).isTrue();
        SnapshotId later = SnapshotId.random();
        ((Snapshotting) driver).snapshot(ofCopy, later);
        write(ofCopy, 4);
        ((Snapshotting) driver).drop(ofCopy, later);
        assertThat(holds(ofCopy, 4)).isTrue();
        awaitOccupied(before, WRITTEN.bytes());
    }

    /// A file system may free what was removed a moment later.
    private void awaitOccupied(ByteCount before, long more) {
        long most = before.bytes() + more + SLACK.bytes();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (occupied().bytes() > most && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(occupied().bytes()).isLessThanOrEqualTo(most);
    }

    @Test
    void beginsWithAContentAndGoesBackToOne() {
        assumeTrue(driver() instanceof Filling && driver() instanceof Exporting);
        ContentStore store = new MemoryContentStore();
        VolumeId source = VolumeId.random();
        driver().create(source, ByteCount.ofMib(64));
        write(source, 1);
        Content content = captured(store, source, Optional.empty());
        VolumeId volume = VolumeId.random();

        fill(store, volume, ByteCount.ofMib(128), content);
        fill(store, volume, ByteCount.ofMib(128), content);
        assertThat(holds(volume, 1)).isTrue();
        write(volume, 2);
        fill(store, volume, ByteCount.ofMib(128), content);

        assertThat(holds(volume, 1)).isTrue();
        assertThat(driver().size(volume)).isEqualTo(ByteCount.ofMib(128));
        fails(ErrorCode.WRONG_STATE, () -> fill(store, volume, ByteCount.ofMib(256), content));
    }

    @Test
    void whatIsStoredNeedNotBeReadAgain() {
        assumeTrue(driver() instanceof Exporting && driver() instanceof Snapshotting);
        ContentStore store = new MemoryContentStore();
        VolumeId volume = VolumeId.random();
        driver().create(volume, ByteCount.ofMib(64));
        write(volume, 1);
        Content first = captured(store, volume, Optional.empty());
        write(volume, 2);
        SnapshotId snapshot = SnapshotId.random();
        ((Snapshotting) driver()).snapshot(volume, snapshot);
        Content second = captured(store, volume, Optional.of(snapshot));
        write(volume, 3);
        Content third = captured(store, volume, Optional.empty());

        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
        assertThat(captured(store, volume, Optional.of(snapshot))).isEqualTo(second);
        try (Exporting.Export export = ((Exporting) driver()).export(volume, Optional.empty())) {
            assertThat(export.size()).isEqualTo(ByteCount.ofMib(64));
            assertThat(store.upload(export, export.known(), export.changed(), TransferListener.NONE)
                            .content())
                    .isEqualTo(third);
        }
        ((Snapshotting) driver()).revert(volume, snapshot);
        assertThat(holds(volume, 2)).isTrue();
    }

    private void fill(ContentStore store, VolumeId volume, ByteCount size, Content content) {
        ((Filling) driver()).fill(volume, size, content, file -> store.download(content, file, TransferListener.NONE));
    }

    /// What the volume holds, brought into the store.
    private Content captured(ContentStore store, VolumeId volume, Optional<SnapshotId> snapshot) {
        Exporting able = (Exporting) driver();
        Content content;
        Exporting.Version version;
        try (Exporting.Export export = able.export(volume, snapshot)) {
            version = export.version();
            content = store.upload(export, export.known(), export.changed(), TransferListener.NONE)
                    .content();
        }
        able.stored(volume, snapshot, content, version);
        return content;
    }

    @Test
    void saysHowMuchSpaceThereIs() {
        VolumeDriver.Space space = driver().space();
        assertThat(space.free()).isLessThanOrEqualTo(space.total());
    }

    private static void fails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(StasisException.class, failure -> assertThat(failure.code())
                        .isEqualTo(code));
    }
}
