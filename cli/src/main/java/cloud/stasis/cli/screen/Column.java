package cloud.stasis.cli.screen;

import java.util.function.Function;

/// One column of a table, and how its cell is made of a row.
///
/// @param whole never broken into lines: ids are there to be copied
public record Column<R>(
        String title, Function<R, String> text, Align align, boolean whole, Function<String, Paint> paint) {

    public enum Align {
        LEFT,
        RIGHT
    }

    public static <R> Column<R> of(String title, Function<R, String> text) {
        return new Column<>(title, text, Align.LEFT, false, cell -> Paint.PLAIN);
    }

    public static <R> Column<R> id(String title, Function<R, String> text) {
        return new Column<>(title, text, Align.LEFT, true, cell -> Paint.PLAIN);
    }

    public static <R> Column<R> number(String title, Function<R, String> text) {
        return new Column<>(title, text, Align.RIGHT, true, cell -> Paint.PLAIN);
    }

    public static <R> Column<R> status(String title, Function<R, String> text) {
        return new Column<>(title, text, Align.LEFT, true, Paint::ofStatus);
    }
}
