package cloud.stasis.gateway.http;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which part of a list is asked for: at most `limit` entries after the entry named `marker`.
public record Page(int limit, Optional<String> marker) {
    /// What the compute and volume APIs give when nothing is asked, and at most.
    public static final int MAXIMUM = 1000;

    /// @param limit as it stands in the query; more than `maximum` is cut to it
    /// @throws FaultException 400 if the limit is not a whole number, or negative
    public static Page of(@Nullable String limit, @Nullable String marker, int standard, int maximum) {
        Optional<String> after = Optional.ofNullable(marker).filter(text -> !text.isEmpty());
        if (limit == null || limit.isEmpty()) {
            return new Page(standard, after);
        }
        if (!limit.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw new FaultException(400, "limit must be a whole number that is not negative.");
        }
        // Nine digits fit an int; more is more than any maximum.
        int asked = limit.length() > 9 ? maximum : Integer.parseInt(limit);
        return new Page(Math.min(asked, maximum), after);
    }

    /// A page is read with one entry more, which only tells that there is a next page.
    public int rows() {
        return limit + 1;
    }
}
