package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.FaultException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Query parameters as filters.
final class Params {
    private Params() {}

    /// Empty if it is not given.
    static Optional<String> text(@Nullable String parameter) {
        return Optional.ofNullable(parameter).filter(text -> !text.isEmpty());
    }

    static <T> Optional<T> id(@Nullable String parameter, Function<String, T> parse) {
        return text(parameter).map(parse);
    }

    /// Keystone reads a flag that is given without a value as true.
    static boolean flag(@Nullable String parameter) {
        return optionalFlag(parameter).orElse(false);
    }

    static Optional<Boolean> optionalFlag(@Nullable String parameter) {
        if (parameter == null) {
            return Optional.empty();
        }
        return Optional.of(
                switch (parameter.toLowerCase(Locale.ROOT)) {
                    case "", "true", "1", "yes" -> true;
                    case "false", "0", "no" -> false;
                    default -> throw new FaultException(400, "A flag in the query must be true or false.");
                });
    }
}
