package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.volume.Shelf;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/// One page of what is on a [Shelf], newest first, as the query asks for it: `all_tenants`, `limit`, `marker`,
/// `offset`, `sort` by id, name or age, and one filter for each name that the caller knows.
final class ShelfPage<T extends Shelf.Item> {
    private final MultivaluedMap<String, String> given;
    private final String key;
    private final String address;
    private final List<Predicate<T>> filters = new ArrayList<>();
    private final Map<String, Function<T, String>> names = new LinkedHashMap<>();

    private ShelfPage(MultivaluedMap<String, String> given, String key, String address) {
        this.given = given;
        this.key = key;
        this.address = address;
    }

    /// How one entry is shown.
    interface Writer<T> extends Function<T, Map<String, Object>> {}

    static <T extends Shelf.Item> ShelfPage<T> of(UriInfo uri, String key, String address) {
        return new ShelfPage<>(uri.getQueryParameters(), key, address);
    }

    /// Entries whose text equals what the query says under `name`, if it says anything.
    ShelfPage<T> filter(String name, Function<T, String> text) {
        names.put(name, text);
        String wanted = given.getFirst(name);
        if (wanted != null && !wanted.isEmpty()) {
            filters.add(item -> text.apply(item).equals(wanted));
        }
        return this;
    }

    Map<String, Object> write(Function<Shelf.Scope, List<T>> list, Writer<T> write) {
        Page page = ListingParams.page(given);
        List<T> all = new ArrayList<>(list.apply(scope()).stream()
                .filter(item -> filters.stream().allMatch(filter -> filter.test(item)))
                .toList());
        all.sort(order());
        int begin = page.marker().map(marker -> after(all, marker)).orElse(0) + ListingParams.offset(given);
        List<T> shown = all.stream().skip(begin).limit(page.limit()).toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(key, shown.stream().map(write).toList());
        if (!shown.isEmpty() && begin + shown.size() < all.size()) {
            String next = PageLinks.next(address, given, shown.getLast().key().toString());
            body.put(key + "_links", List.of(Map.of("rel", "next", "href", next)));
        }
        return body;
    }

    private Shelf.Scope scope() {
        String all = given.getFirst("all_tenants");
        return all != null && (all.equals("1") || all.equalsIgnoreCase("true"))
                ? Shelf.Scope.ALL_PROJECTS
                : Shelf.Scope.OWN_PROJECT;
    }

    private int after(List<T> all, String marker) {
        for (int at = 0; at < all.size(); at++) {
            if (all.get(at).key().toString().equals(marker)) {
                return at + 1;
            }
        }
        throw new FaultException(404, "Marker " + Faults.shortened(marker) + " could not be found.");
    }

    private Comparator<T> order() {
        String sort = given.getFirst("sort");
        String[] parts = sort == null || sort.isEmpty() ? new String[] {"created_at", "desc"} : sort.split(":", 2);
        Comparator<T> order =
                switch (parts[0]) {
                    case "created_at" -> Comparator.comparing(Shelf.Item::createdAt);
                    case "id" -> Comparator.comparing(item -> item.key().toString());
                    default -> named(parts[0]);
                };
        boolean ascending = parts.length > 1 && parts[1].equals("asc");
        return (ascending ? order : Collections.reverseOrder(order)).thenComparing(Shelf.Item::key);
    }

    private Comparator<T> named(String name) {
        Function<T, String> text = names.get(name);
        if (text == null) {
            throw new FaultException(
                    400, "Invalid input received: Invalid sort keys passed: " + Faults.shortened(name) + ".");
        }
        return Comparator.comparing(text);
    }
}
