package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Listing;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// One page of volumes or of their snapshots, as the query asks for it.
///
/// @param key of the list in the answer
/// @param address of the list itself, for the link to the next page
/// @param marker the id of the entry that the query names, if the caller may see it
/// @param id of an entry
record ListingPage<T>(
        Caller caller,
        String key,
        String address,
        Function<String, UUID> marker,
        Function<Listing, List<T>> list,
        Function<T, UUID> id) {
    Map<String, Object> write(UriInfo uri, Function<T, Map<String, Object>> write) {
        MultivaluedMap<String, String> given = uri.getQueryParameters();
        Page page = ListingParams.page(given);
        Optional<UUID> after = page.marker().map(marker);
        Listing listing = ListingParams.parse(caller, given, page, after);
        List<T> found = page.limit() == 0 ? List.of() : list.apply(listing);
        List<T> shown = found.subList(0, Math.min(found.size(), page.limit()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(key, shown.stream().map(write).toList());
        // As Cinder has it: also when the page is full and was the last.
        if (!shown.isEmpty() && shown.size() == page.limit()) {
            String next =
                    PageLinks.next(address, given, id.apply(shown.getLast()).toString());
            body.put(key + "_links", List.of(Map.of("rel", "next", "href", next)));
        }
        return body;
    }
}
