package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiTest {
    @Test
    void thePrefixMustBeAWholeSegment() {
        assertThat(Api.of("/compute/v2.1/servers")).isEqualTo(Api.COMPUTE);
        assertThat(Api.of("/image")).isEqualTo(Api.IMAGE);
        assertThat(Api.of("/imagesque")).isEqualTo(Api.PLATFORM);
        assertThat(Api.of("/")).isEqualTo(Api.PLATFORM);
    }
}
