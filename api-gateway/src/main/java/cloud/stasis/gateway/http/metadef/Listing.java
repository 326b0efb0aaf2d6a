package cloud.stasis.gateway.http.metadef;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.metadef.MetadefName;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// One page of a list that is in memory already, in the order that the caller asked for: newest first, if not else.
record Listing(Page page, Key key, Direction direction) {
    /// Entries in one page at most, as for images.
    private static final int MAX_PAGE = 1000;

    enum Key {
        CREATED_AT,
        UPDATED_AT,
        NAME
    }

    enum Direction {
        ASCENDING,
        DESCENDING
    }

    /// What an entry is sorted by.
    record Keys(MetadefName name, Instant createdAt, Instant updatedAt) {}

    /// An entry, and what it is sorted by.
    record Entry<T>(T value, Keys keys) {}

    /// @param standard entries in a page if the caller does not say
    /// @throws FaultException 400
    static Listing parse(MultivaluedMap<String, String> query, int standard) {
        Page page = Page.of(query.getFirst("limit"), query.getFirst("marker"), standard, MAX_PAGE);
        Key key =
                switch (Optional.ofNullable(query.getFirst("sort_key")).orElse("created_at")) {
                    case "created_at" -> Key.CREATED_AT;
                    case "updated_at" -> Key.UPDATED_AT;
                    case "namespace", "name" -> Key.NAME;
                    default -> throw new FaultException(400, "sort_key must be created_at, updated_at or the name.");
                };
        Direction direction =
                switch (Optional.ofNullable(query.getFirst("sort_dir")).orElse("desc")) {
                    case "asc" -> Direction.ASCENDING;
                    case "desc" -> Direction.DESCENDING;
                    default -> throw new FaultException(400, "Invalid sort direction: it must be asc or desc.");
                };
        return new Listing(page, key, direction);
    }

    /// @param entries in the order in which they were made, which decides between equals
    /// @throws FaultException 404 if the marker names none of them
    <T> List<Entry<T>> of(List<Entry<T>> entries) {
        Comparator<Entry<T>> order = Comparator.comparing(
                Entry::keys,
                switch (key) {
                    case CREATED_AT -> Comparator.comparing(Keys::createdAt);
                    case UPDATED_AT -> Comparator.comparing(Keys::updatedAt);
                    case NAME -> Comparator.comparing((Keys keys) -> keys.name().value());
                });
        List<Entry<T>> sorted = entries.stream().sorted(order).toList();
        List<Entry<T>> asked = direction == Direction.ASCENDING ? sorted : sorted.reversed();
        int from = page.marker().map(marker -> after(asked, marker)).orElse(0);
        return asked.subList(from, Math.min(asked.size(), from + page.limit()));
    }

    private static <T> int after(List<Entry<T>> entries, String marker) {
        return IntStream.range(0, entries.size())
                        .filter(at -> entries.get(at).keys().name().value().equals(marker))
                        .findFirst()
                        .orElseThrow(() -> new FaultException(404, "The marker names nothing that is in the list."))
                + 1;
    }
}
