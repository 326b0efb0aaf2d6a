package cloud.stasis.volume.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import org.junit.jupiter.api.Test;

/// What every driver keeps to. A driver's test extends this and says how to make one.
public abstract class VolumeDriverContract {
    protected abstract VolumeDriver driver();

    /// Holds the volume open for writing until closed, as a running guest does.
    protected abstract AutoCloseable inUse(VolumeId volume);

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
