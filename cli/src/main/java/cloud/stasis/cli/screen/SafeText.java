package cloud.stasis.cli.screen;

import dev.mccue.wcwidth.WCWidth;
import java.util.ArrayList;
import java.util.List;

/// Text from outside, made fit for a terminal. What could move the cursor, recolour, retitle, hide or reorder text
/// (control characters, bidirectional overrides, invisible format characters, line separators, lone surrogates) is
/// shown as a visible escape such as `\x1b`; everything else, in any script, is left as it is.
public final class SafeText {
    private SafeText() {}

    /// For one line: line breaks and tabs are escaped too.
    public static String line(String text) {
        return clean(text, false);
    }

    /// For a block of text: line feeds and tabs stay, a carriage return before a line feed goes.
    public static String block(String text) {
        return clean(text.replace("\r\n", "\n"), true);
    }

    private static String clean(String text, boolean keepsLines) {
        int clean = 0;
        while (clean < text.length() && isPlain(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, clean);
        text.substring(clean).codePoints().forEach(point -> append(safe, point, keepsLines));
        return safe.toString();
    }

    private static boolean isPlain(char character) {
        return character >= ' ' && character < 0x7f;
    }

    private static void append(StringBuilder safe, int point, boolean keepsLines) {
        if (keepsLines && (point == '\n' || point == '\t')) {
            safe.append((char) point);
        } else if (point == '\n') {
            safe.append("\\n");
        } else if (point == '\t') {
            safe.append("\\t");
        } else if (isDangerous(point)) {
            safe.append(point <= 0xff ? String.format("\\x%02x", point) : String.format("\\u%04x", point));
        } else {
            safe.appendCodePoint(point);
        }
    }

    static boolean isDangerous(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    /// How many columns a clean text takes.
    static int width(String text) {
        int width = 0;
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            width += width(text.codePointAt(at));
        }
        return width;
    }

    private static int width(int point) {
        return point < 0x7f ? 1 : Math.max(0, WCWidth.of(point));
    }

    /// A clean text in lines of at most `limit` columns, broken after a space where there is one.
    static List<String> wrap(String text, int limit) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = fit(text, start, limit);
            if (end < text.length()) {
                int space = text.lastIndexOf(' ', end);
                if (space > start) {
                    end = space;
                }
            }
            lines.add(text.substring(start, end));
            start = end;
            while (start < text.length() && text.charAt(start) == ' ') {
                start++;
            }
        }
        return lines.isEmpty() ? List.of("") : lines;
    }

    /// The start of a clean text that takes at most `limit` columns.
    static String cut(String text, int limit) {
        return text.substring(0, fit(text, 0, limit));
    }

    /// Where a text from `start` on no longer fits; at least one character further, so that loops end.
    private static int fit(String text, int start, int limit) {
        int width = 0;
        int at = start;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            width += width(point);
            if (width > limit && at > start) {
                return at;
            }
            at += Character.charCount(point);
        }
        return at;
    }
}
