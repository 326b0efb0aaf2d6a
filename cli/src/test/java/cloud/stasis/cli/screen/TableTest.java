package cloud.stasis.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private record Row(String id, String name, String status) {}

    private static final Table<Row> TABLE = new Table<>(
            List.of(Column.id("ID", Row::id), Column.of("Name", Row::name), Column.status("Status", Row::status)));

    @Test
    void drawsTheGridOfNovaclient() {
        String drawn = TABLE.render(
                List.of(new Row("1", "one", "ACTIVE"), new Row("22", "a longer name", "SHUTOFF")),
                Integer.MAX_VALUE,
                false);

        assertThat(drawn).isEqualTo("""
                +----+---------------+---------+
                | ID | Name          | Status  |
                +----+---------------+---------+
                | 1  | one           | ACTIVE  |
                | 22 | a longer name | SHUTOFF |
                +----+---------------+---------+
                """);
    }

    @Test
    void anEmptyTableHasItsHead() {
        assertThat(TABLE.render(List.of(), 80, false)).isEqualTo("""
                +----+------+--------+
                | ID | Name | Status |
                +----+------+--------+
                +----+------+--------+
                """);
    }

    @Test
    void wrapsNamesAndNeverIdsToFitTheTerminal() {
        String id = "0f1e2d3c-0000-4000-8000-000000000001";

        String drawn = TABLE.render(List.of(new Row(id, "web server of the accounting", "ACTIVE")), 66, false);

        assertThat(drawn).isEqualTo("""
                +--------------------------------------+----------------+--------+
                | ID                                   | Name           | Status |
                +--------------------------------------+----------------+--------+
                | 0f1e2d3c-0000-4000-8000-000000000001 | web server of  | ACTIVE |
                |                                      | the accounting |        |
                +--------------------------------------+----------------+--------+
                """);
    }

    @Test
    void columnsThatSayNothingAreLeftOutWhenThereIsNoRoom() {
        List<Row> rows = List.of(new Row("1", "one", "-"), new Row("2", "two", ""));

        assertThat(TABLE.render(rows, 80, false)).contains("Status");
        assertThat(TABLE.render(rows, 15, false)).isEqualTo("""
                +----+------+
                | ID | Name |
                +----+------+
                | 1  | one  |
                | 2  | two  |
                +----+------+
                """);
    }

    @Test
    void countsWideAndCombiningCharactersAsTheTerminalDoes() {
        String drawn = TABLE.render(
                List.of(new Row("1", "\u8cc7\u6599", "ACTIVE"), new Row("2", "caf\u0065\u0301", "ACTIVE")),
                Integer.MAX_VALUE,
                false);

        assertThat(drawn).isEqualTo("""
                +----+------+--------+
                | ID | Name | Status |
                +----+------+--------+
                | 1  | \u8cc7\u6599 | ACTIVE |
                | 2  | caf\u0065\u0301 | ACTIVE |
                +----+------+--------+
                """);
    }

    @Test
    void namesCannotMoveTheCursorOrForgeRows() {
        String drawn =
                TABLE.render(List.of(new Row("1", "evil\u001b[2J\n| 2 | forged", "ACTIVE")), Integer.MAX_VALUE, false);

        assertThat(drawn).contains("| evil\\x1b[2J\\n| 2 | forged |").hasLineCount(5);
    }

    @Test
    void paintsTheStatusAndNotItsPadding() {
        String drawn = TABLE.render(List.of(new Row("1", "one", "ERROR")), Integer.MAX_VALUE, true);

        assertThat(drawn).contains("| 1  | one  | \u001b[31mERROR\u001b[0m  |");
    }
}
