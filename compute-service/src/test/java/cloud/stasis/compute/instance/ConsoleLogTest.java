package cloud.stasis.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleLogTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 1", "2, 2", "4, 4", "5, 5", "99, 5"})
    void aTailHasAsManyLinesAsAskedForAsNovaCountsThem(int asked, int lines) throws IOException {
        ConsoleLog console = write("one\ntwo\nthree\nfour\n");

        assertThat(console.tail(asked).split("\n", -1)).hasSize(lines);
        assertThat("one\ntwo\nthree\nfour\n").endsWith(console.tail(asked));
    }

    @Test
    void aTailReachesOverTheSeamOfARotation() throws IOException {
        Files.writeString(directory.resolve("console.log.0"), "one\ntw");
        ConsoleLog console = write("o\nthree");

        assertThat(console.tail(2)).isEqualTo("two\nthree");
    }

    @Test
    void aGuestThatNeverBootedHasNoConsole() {
        assertThat(new ConsoleLog(directory.resolve("console.log")).tail(10)).isEmpty();
    }

    private ConsoleLog write(String text) throws IOException {
        return new ConsoleLog(Files.writeString(directory.resolve("console.log"), text));
    }
}
