package cloud.stasis.image.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a `Range` header asks for. Only one range is served; whoever asks for several gets everything, as HTTP
/// allows.
sealed interface ByteRange {
    /// Everything.
    record Whole() implements ByteRange {}

    /// From `first` to before `end`.
    record Part(long first, long end) implements ByteRange {}

    /// Nothing of what there is.
    record Unsatisfiable() implements ByteRange {}

    Pattern SINGLE = Pattern.compile("bytes=(\\d{1,18})?-(\\d{1,18})?");

    static ByteRange parse(Optional<String> header, long size) {
        Matcher match = SINGLE.matcher(header.orElse("").strip());
        if (!match.matches() || match.group(1) == null && match.group(2) == null) {
            return new Whole();
        }
        if (match.group(1) == null) {
            long last = Math.min(size, Long.parseLong(match.group(2)));
            return last == 0 ? new Unsatisfiable() : new Part(size - last, size);
        }
        long first = Long.parseLong(match.group(1));
        long end = match.group(2) == null ? size : Math.min(size, Long.parseLong(match.group(2)) + 1);
        if (end <= first && first < size) {
            // The last byte before the first: not a range at all.
            return new Whole();
        }
        return first >= size ? new Unsatisfiable() : new Part(first, end);
    }
}
