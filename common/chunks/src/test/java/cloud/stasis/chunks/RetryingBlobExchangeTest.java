package cloud.stasis.chunks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryingBlobExchangeTest {
    private final List<Duration> pauses = new ArrayList<>();
    private int failures;
    private ErrorCode code = ErrorCode.STORE_UNAVAILABLE;

    private final BlobExchange exchange = new RetryingBlobExchange(
            new BlobExchange() {
                @Override
                public BitSet missing(List<Digest> digests) {
                    if (failures-- > 0) {
                        throw new StasisException(code, "not now");
                    }
                    return new BitSet();
                }

                @Override
                public void put(Pack pack) {
                    missing(List.of());
                }

                @Override
                public void hold(Content content) {}

                @Override
                public List<StoredBlob> fetch(List<Digest> digests) {
                    missing(digests);
                    return List.of();
                }
            },
            pauses::add);

    @Test
    void triesAgainWithGrowingPauses() {
        failures = 3;

        exchange.missing(List.of());

        assertThat(pauses).hasSize(3);
        assertThat(pauses.get(2)).isGreaterThan(pauses.get(0));
    }

    @Test
    void givesUpAfterAFewSeconds() {
        failures = 100;

        assertThatThrownBy(() -> exchange.fetch(List.of())).isInstanceOf(StasisException.class);
        assertThat(pauses).hasSize(6);
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
                .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(16));
    }

    @Test
    void doesNotRepeatWhatWasRefused() {
        failures = 1;
        code = ErrorCode.NO_SPACE;

        assertThatThrownBy(() -> exchange.put(new Pack(Digest.ZERO, new byte[0])))
                .isInstanceOf(StasisException.class);
        assertThat(pauses).isEmpty();
    }
}
