package cloud.stasis.gateway.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The version of the compute or volume API that a request is answered in.
public record Microversion(int major, int minor) implements Comparable<Microversion> {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,3})\\.([1-9][0-9]{0,3}|0)");

    public static Optional<Microversion> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new Microversion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2))))
                : Optional.empty();
    }

    public boolean atLeast(int otherMajor, int otherMinor) {
        return compareTo(new Microversion(otherMajor, otherMinor)) >= 0;
    }

    @Override
    public int compareTo(Microversion other) {
        int order = Integer.compare(major, other.major);
        return order == 0 ? Integer.compare(minor, other.minor) : order;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
