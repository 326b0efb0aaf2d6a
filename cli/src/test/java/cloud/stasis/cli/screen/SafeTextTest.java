package cloud.stasis.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SafeTextTest {
    @Test
    void plainTextOfAnyScriptStaysAsItIs() {
        assertThat(SafeText.line("web-1 gr\u00f6\u00dfe \u8cc7\u6599 \ud83d\ude80"))
                .isEqualTo("web-1 gr\u00f6\u00dfe \u8cc7\u6599 \ud83d\ude80");
    }

    @Test
    void controlCharactersBecomeVisible() {
        assertThat(SafeText.line("a\u001b]0;title\u0007b\u009b31m\r\n\tc"))
                .isEqualTo("a\\x1b]0;title\\x07b\\x9b31m\\x0d\\n\\tc");
    }

    @Test
    void textCannotBeReorderedOrHidden() {
        assertThat(SafeText.line("a\u202eb\u200bc\u2028d\ud800e")).isEqualTo("a\\u202eb\\u200bc\\u2028d\\ud800e");
    }

    @Test
    void aBlockKeepsItsLines() {
        assertThat(SafeText.block("one\r\n\ttwo\u001b[0m\n")).isEqualTo("one\n\ttwo\\x1b[0m\n");
    }

    @Property
    void noTextCanCommandTheTerminal(@ForAll String text) {
        assertThat(SafeText.line(text).codePoints())
                .noneMatch(SafeText::isDangerous)
                .noneMatch(Character::isISOControl);
    }

    @Property
    void wrappedLinesFitAndLoseNothingButSpaces(
            @ForAll @StringLength(max = 200) String text, @ForAll @IntRange(min = 2, max = 40) int limit) {
        String clean = SafeText.line(text);

        List<String> lines = SafeText.wrap(clean, limit);

        assertThat(lines).allMatch(line -> SafeText.width(line) <= limit);
        assertThat(String.join("", lines).replace(" ", "")).isEqualTo(clean.replace(" ", ""));
    }
}
