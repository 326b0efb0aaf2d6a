package cloud.stasis.gateway.http.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePatchTest {
    private final ImageDraft draft = new ImageDraft(new ProjectId("p"));

    @Test
    void operationsAreAppliedInTheirOrder() {
        apply("""
                [{"op": "add", "path": "/colour", "value": "red"},
                 {"op": "replace", "path": "/colour", "value": "blue"},
                 {"op": "replace", "path": "/visibility", "value": "private"},
                 {"op": "add", "path": "/a~1b", "value": "slash"},
                 {"op": "replace", "path": "/tags", "value": ["x", "y", "x"]}]
                """);

        assertThat(draft.details().properties()).containsEntry("colour", "blue").containsEntry("a/b", "slash");
        assertThat(draft.details().visibility()).isEqualTo(Visibility.PRIVATE);
        assertThat(draft.details().tags()).containsExactly("x", "y");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id", "status", "size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value", "created_at",
                "updated_at", "self", "file", "schema", "direct_url", "stores", "locations", "os_glance_anything"
            })
    void whatOnlyWeSetIsForbidden(String key) {
        for (String operation : new String[] {"add", "replace", "remove"}) {
            assertRefused(
                    ErrorCode.ACCESS_DENIED,
                    "[{\"op\": \"%s\", \"path\": \"/%s\", \"value\": \"x\"}]".formatted(operation, key));
        }
    }

    @Test
    void whatIsNotThereCannotBeReplacedOrRemoved() {
        assertRefused(ErrorCode.WRONG_STATE, "[{\"op\": \"replace\", \"path\": \"/none\", \"value\": \"x\"}]");
        assertRefused(ErrorCode.WRONG_STATE, "[{\"op\": \"remove\", \"path\": \"/none\"}]");
    }

    @Test
    void whatEveryImageHasCannotBeRemoved() {
        assertRefused(ErrorCode.ACCESS_DENIED, "[{\"op\": \"remove\", \"path\": \"/name\"}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "[1]",
                "[{}]",
                "[{\"op\": \"add\"}]",
                "[{\"op\": \"add\", \"path\": \"/x\"}]",
                "[{\"op\": \"add\", \"path\": \"x\", \"value\": \"y\"}]",
                "[{\"op\": \"add\", \"path\": \"/x/y\", \"value\": \"y\"}]",
                "[{\"op\": \"move\", \"path\": \"/x\", \"value\": \"y\"}]",
                "[{\"op\": \"add\", \"path\": \"/x\", \"value\": 1}]",
                "[{\"op\": \"add\", \"path\": \"/x\", \"value\": null}]",
                "[{\"op\": \"add\", \"path\": \"/min_disk\", \"value\": -1}]",
                "[{\"op\": \"add\", \"path\": \"/min_ram\", \"value\": 99999999999}]",
                "[{\"op\": \"add\", \"path\": \"/protected\", \"value\": \"yes\"}]",
                "[{\"op\": \"add\", \"path\": \"/disk_format\", \"value\": \"floppy\"}]",
                "[{\"op\": \"add\", \"path\": \"/kernel_id\", \"value\": \"../etc\"}]"
            })
    void whatIsNoPatchIsInvalid(String body) {
        assertRefused(ErrorCode.INVALID_REQUEST, body);
    }

    @Test
    void namesAndPropertiesAreBounded() {
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "[{\"op\": \"add\", \"path\": \"/name\", \"value\": \"" + "é".repeat(256) + "\"}]");
        for (int property = 0; property <= 128; property++) {
            apply("[{\"op\": \"add\", \"path\": \"/p" + property + "\", \"value\": \"x\"}]");
        }
        assertThatThrownBy(draft::details)
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.QUOTA_EXCEEDED));
    }

    private void apply(String body) {
        ImagePatch.parse(body).applyTo(draft);
    }

    private void assertRefused(ErrorCode code, String body) {
        assertThatThrownBy(() -> apply(body))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(code));
    }
}
