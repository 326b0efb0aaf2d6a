package cloud.stasis.cli.verb;

import cloud.stasis.cli.cloud.RowLimit;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/// Option values as values.
final class Converters {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(ms|[smh]?)");
    private static final Pattern ROWS = Pattern.compile("[0-9]{1,9}");

    private Converters() {}

    static void addTo(CommandLine line) {
        line.registerConverter(Duration.class, Converters::duration);
        line.registerConverter(RowLimit.class, Converters::rowLimit);
        line.setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static Duration duration(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new TypeConversionException("'" + text + "' is not a time such as 90s, 10m or 2h");
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }

    private static RowLimit rowLimit(String text) {
        if (text.equals("all") || text.equals("-1")) {
            return RowLimit.NONE;
        }
        if (!ROWS.matcher(text).matches() || Long.parseLong(text) == 0) {
            throw new TypeConversionException("'" + text + "' is neither a number of rows nor 'all'");
        }
        return new RowLimit(Long.parseLong(text));
    }
}
