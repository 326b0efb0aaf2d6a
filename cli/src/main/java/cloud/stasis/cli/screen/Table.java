package cloud.stasis.cli.screen;

import java.util.ArrayList;
import java.util.List;

/// A grid as novaclient draws it. If it is wider than the terminal, columns that say nothing are left out, then the
/// widest columns that may be broken are narrowed evenly and their cells run over several lines; what still does not
/// fit is left to the terminal.
///
/// ```
/// +----+------+
/// | ID | Name |
/// +----+------+
/// | 1  | one  |
/// +----+------+
/// ```
public final class Table<R> {
    /// Narrower than this a broken cell is a column of letters.
    private static final int MIN_COLUMN = 8;
    /// `| ` before and ` ` after each cell, and the last bar.
    private static final int FRAME_PER_COLUMN = 3;

    private final List<Column<R>> columns;

    public Table(List<Column<R>> columns) {
        this.columns = List.copyOf(columns);
    }

    /// @param limit the columns of the terminal; [Integer#MAX_VALUE] to leave every cell in one line
    public String render(List<R> rows, int limit, boolean colour) {
        List<List<String>> cells = new ArrayList<>(rows.size());
        for (R row : rows) {
            cells.add(columns.stream()
                    .map(column -> SafeText.line(column.text().apply(row)))
                    .toList());
        }
        int[] widths = naturalWidths(cells);
        if (excess(widths, limit) > 0) {
            List<Column<R>> telling = telling(cells);
            if (telling.size() < columns.size()) {
                return new Table<>(telling).render(rows, limit, colour);
            }
            narrow(widths, limit);
        }
        StringBuilder grid = new StringBuilder();
        String rule = rule(widths);
        grid.append(rule);
        appendRow(grid, widths, columns.stream().map(Column::title).toList(), false);
        grid.append(rule);
        for (List<String> row : cells) {
            appendRow(grid, widths, row, colour);
        }
        return grid.append(rule).toString();
    }

    private int[] naturalWidths(List<List<String>> cells) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = SafeText.width(columns.get(i).title());
            for (List<String> row : cells) {
                widths[i] = Math.max(widths[i], SafeText.width(row.get(i)));
            }
        }
        return widths;
    }

    private static int excess(int[] widths, int limit) {
        int excess = FRAME_PER_COLUMN * widths.length + 1 - limit;
        for (int width : widths) {
            excess = Math.addExact(excess, width);
        }
        return excess;
    }

    /// The columns in which any row has something to say.
    private List<Column<R>> telling(List<List<String>> cells) {
        List<Column<R>> telling = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            if (cells.isEmpty()
                    || cells.stream()
                            .map(row -> row.get(column))
                            .anyMatch(cell -> !cell.isEmpty() && !cell.equals("-"))) {
                telling.add(columns.get(i));
            }
        }
        return telling;
    }

    /// Takes one column at a time from the widest, so that narrow columns stay whole as long as possible.
    private void narrow(int[] widths, int limit) {
        int excess = excess(widths, limit);
        while (excess > 0) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (!columns.get(i).whole() && widths[i] > MIN_COLUMN && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            // Down to the next narrower one at once: a cell may be a megabyte long.
            int step = Math.min(excess, Math.max(1, widths[widest] - runnerUp(widths, widest)));
            widths[widest] -= step;
            excess -= step;
        }
    }

    private int runnerUp(int[] widths, int widest) {
        int second = MIN_COLUMN;
        for (int i = 0; i < widths.length; i++) {
            if (i != widest && !columns.get(i).whole()) {
                second = Math.max(second, Math.min(widths[i], widths[widest]));
            }
        }
        return second;
    }

    private static String rule(int[] widths) {
        StringBuilder rule = new StringBuilder("+");
        for (int width : widths) {
            rule.repeat('-', width + 2).append('+');
        }
        return rule.append('\n').toString();
    }

    private void appendRow(StringBuilder grid, int[] widths, List<String> row, boolean colour) {
        List<List<String>> wrapped = new ArrayList<>(row.size());
        int height = 1;
        for (int i = 0; i < widths.length; i++) {
            List<String> lines = SafeText.wrap(row.get(i), widths[i]);
            wrapped.add(lines);
            height = Math.max(height, lines.size());
        }
        for (int line = 0; line < height; line++) {
            for (int i = 0; i < widths.length; i++) {
                String text = line < wrapped.get(i).size() ? wrapped.get(i).get(line) : "";
                Paint paint = colour ? columns.get(i).paint().apply(row.get(i)) : Paint.PLAIN;
                appendCell(grid.append("| "), text, widths[i], columns.get(i).align(), paint);
                grid.append(' ');
            }
            grid.append("|\n");
        }
    }

    private static void appendCell(StringBuilder grid, String text, int width, Column.Align align, Paint paint) {
        int padding = Math.max(0, width - SafeText.width(text));
        switch (align) {
            case LEFT -> grid.append(paint.on(text)).repeat(' ', padding);
            case RIGHT -> grid.repeat(' ', padding).append(paint.on(text));
        }
    }
}
