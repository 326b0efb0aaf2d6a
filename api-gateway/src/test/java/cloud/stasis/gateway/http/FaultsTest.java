package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FaultsTest {
    @Test
    void aFullQuotaIsEachServicesOwnStatus() {
        StasisException quota = new StasisException(ErrorCode.QUOTA_EXCEEDED, "no more");

        assertThat(Faults.of(quota, Api.COMPUTE, "req-1").status()).isEqualTo(403);
        assertThat(Faults.of(quota, Api.IMAGE, "req-1").status()).isEqualTo(413);
        Fault volume = Faults.of(quota, Api.VOLUME, "req-1");
        assertThat(volume.status()).isEqualTo(413);
        assertThat(FaultBodies.of(Api.VOLUME, volume, null, "req-1").text())
                .contains("\"overLimit\"", "\"retryAfter\":\"0\"");
    }

    @Test
    void whatWeDoNotKnowTellsNothing() {
        Fault fault = Faults.of(new IllegalStateException("/etc/secret"), Api.COMPUTE, "req-1");

        assertThat(fault.status()).isEqualTo(500);
        assertThat(fault.message()).doesNotContain("secret").contains("req-1");
    }

    @Test
    void aCorruptStoreTellsNothingEither() {
        Fault fault = Faults.of(new StasisException(ErrorCode.HASH_MISMATCH, "pack 17"), Api.IMAGE, "req-1");

        assertThat(fault.status()).isEqualTo(500);
        assertThat(fault.message()).doesNotContain("pack");
        assertThat(fault.code()).isEqualTo(Optional.of(ErrorCode.HASH_MISMATCH));
    }

    @Test
    void aDatabaseThatIsAwayIsUnavailableHoweverDeepItHides() {
        Throwable failure =
                new RuntimeException(new RuntimeException(new SQLNonTransientConnectionException("gone", "08000")));

        Fault fault = Faults.of(failure, Api.IDENTITY, "req-1");

        assertThat(fault.status()).isEqualTo(503);
        assertThat(fault.retryAfter()).isPresent();
    }

    @Test
    void aSyntaxErrorInOurSqlIsOurs() {
        assertThat(Faults.of(new RuntimeException(new SQLException("oops", "42000")), Api.IDENTITY, "req-1")
                        .status())
                .isEqualTo(500);
    }

    @Test
    void eachApiHasItsOwnForm() {
        Fault fault = Fault.of(404, "no such thing");

        assertThat(body(Api.IDENTITY, fault)).startsWith("{\"error\":{\"code\":404,\"title\":\"Not Found\"");
        assertThat(body(Api.COMPUTE, fault))
                .isEqualTo("{\"itemNotFound\":{\"code\":404,\"message\":\"no such thing\"}}");
        assertThat(body(Api.COMPUTE, Fault.of(406, "x"))).startsWith("{\"computeFault\":");
        assertThat(body(Api.IMAGE, fault)).contains("\"code\":\"404 Not Found\"");
        assertThat(body(Api.SNAPSHOT, fault)).contains("\"detail\":\"no such thing\"", "\"request_id\":\"req-1\"");
    }

    @Test
    void theImagePageCannotBeMadeToCarryMarkup() {
        FaultBodies.Body page = FaultBodies.of(Api.IMAGE, Fault.of(400, "<script>x</script>"), "*/*", "req-1");

        assertThat(page.mediaType()).startsWith("text/html");
        assertThat(page.text()).doesNotContain("<script>").contains("&lt;script&gt;");
    }

    @Test
    void quotedInputIsShortAndPrintable() {
        assertThat(Faults.shortened("a\nb\u001bc")).isEqualTo("abc");
        assertThat(Faults.shortened("é".repeat(500))).isEqualTo("é".repeat(64) + "...");
    }

    private static String body(Api api, Fault fault) {
        return FaultBodies.of(api, fault, "application/json", "req-1").text();
    }
}
