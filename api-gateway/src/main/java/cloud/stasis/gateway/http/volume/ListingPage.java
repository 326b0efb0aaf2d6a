package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Listing;
import cloud.stasis.gateway.volume.SnapshotCatalog;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    static ListingPage<Volume> of(Caller caller, VolumeCatalog volumes, String address) {
        return new ListingPage<>(
                caller,
                "volumes",
                address,
                text -> volumes.show(caller, VolumesResource.id(text)).id().value(),
                volumes::list,
                volume -> volume.id().value());
    }

    static ListingPage<VolumeSnapshot> of(Caller caller, SnapshotCatalog snapshots, String address) {
        return new ListingPage<>(
                caller,
                "snapshots",
                address,
                text -> snapshots
                        .show(caller, VolumeSnapshotsResource.id(text))
                        .id()
                        .value(),
                snapshots::list,
                snapshot -> snapshot.id().value());
    }

    /// As the compute API has it: it never links to the next page.
    Map<String, Object> writeAlone(UriInfo uri, Function<T, Map<String, Object>> write) {
        Map<String, Object> page = write(uri, write);
        page.keySet().retainAll(Set.of(key));
        return page;
    }

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
