package cloud.stasis.gateway.identity.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The conditions of a query that come from optional filters: fixed text with named parameters, never input.
final class Conditions {
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    /// @param text with the parameter `:name`
    Conditions and(String text, String name, Object value) {
        texts.add(text);
        values.put(name, value);
        return this;
    }

    Conditions and(String text, String name, Optional<? extends Object> value) {
        value.ifPresent(given -> and(text, name, given));
        return this;
    }

    String where() {
        return texts.isEmpty() ? "1 = 1" : String.join(" and ", texts);
    }

    Map<String, Object> values() {
        return values;
    }
}
