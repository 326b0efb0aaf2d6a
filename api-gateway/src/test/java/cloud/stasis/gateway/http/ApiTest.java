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

    @Test
    void onlyWhatIsListedIsOpen() {
        assertThat(Api.isOpen("GET", "/compute/v2.1/")).isTrue();
        assertThat(Api.isOpen("POST", "/identity/v3/auth/tokens")).isTrue();
        assertThat(Api.isOpen("GET", "/q/health")).isTrue();

        assertThat(Api.isOpen("GET", "/identity/v3/auth/tokens")).isFalse();
        assertThat(Api.isOpen("GET", "/compute/v2.1/servers")).isFalse();
        assertThat(Api.isOpen("GET", "/")).isFalse();
        assertThat(Api.isOpen("GET", "/anything")).isFalse();
        assertThat(Api.isOpen("POST", "/identity/v3/auth/tokens/x")).isFalse();
    }
}
