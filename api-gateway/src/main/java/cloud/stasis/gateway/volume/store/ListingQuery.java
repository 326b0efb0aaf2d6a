package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.volume.Listing;
import cloud.stasis.gateway.volume.Listing.Direction;
import cloud.stasis.gateway.volume.Listing.Key;
import cloud.stasis.gateway.volume.Listing.Sort;
import io.quarkus.panache.common.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A [Listing] as a query. What comes from the caller is only ever a parameter.
final class ListingQuery {
    private static final String ID = "id";

    private final StringBuilder where = new StringBuilder("deletedAt is null");
    private final Parameters values = new Parameters();
    private final List<Sort> order;

    private ListingQuery(List<Sort> order) {
        this.order = order;
    }

    /// @param marker gives a column of the last row of the page before
    static ListingQuery of(Listing listing, Function<Key, Object> marker) {
        ListingQuery query = new ListingQuery(listing.order());
        Listing.Filter filter = listing.filter();
        listing.project().ifPresent(project -> query.equal("projectId", "project", project.value()));
        filter.name().ifPresent(name -> query.equal("name", "name", name));
        filter.status().ifPresent(status -> query.equal("state", "state", status));
        filter.bootable().ifPresent(bootable -> query.equal("bootable", "bootable", bootable));
        filter.volume().ifPresent(volume -> query.equal("volumeId", "volume", volume.value()));
        List<String> pairs = new ArrayList<>();
        filter.metadata().forEach((key, value) -> pairs.add(pair(key, value)));
        for (int at = 0; at < pairs.size(); at++) {
            query.where.append(" and locate(:pair").append(at).append(", metadata) > 0");
            query.values.and("pair" + at, pairs.get(at));
        }
        if (listing.after().isPresent()) {
            query.after(marker);
        }
        return query;
    }

    String text() {
        List<String> keys = new ArrayList<>();
        for (Place place : places()) {
            keys.add(place.column() + (place.direction() == Direction.ASCENDING ? " asc" : " desc"));
        }
        return where + " order by " + String.join(", ", keys);
    }

    Parameters values() {
        return values;
    }

    /// As it stands within the stored JSON object, whose keys and values are all strings.
    private static String pair(String key, String value) {
        String object = RowJson.write(Map.of(key, value));
        return object.substring(1, object.length() - 1);
    }

    private void equal(String column, String name, Object value) {
        where.append(" and ").append(column).append(" = :").append(name);
        values.and(name, value);
    }

    /// `a < :a or (a = :a and b < :b) or ...`
    private void after(Function<Key, Object> marker) {
        StringBuilder equal = new StringBuilder();
        List<String> ways = new ArrayList<>();
        for (Place place : places()) {
            String name = "after" + ways.size();
            String beyond = place.column() + (place.direction() == Direction.ASCENDING ? " > :" : " < :") + name;
            ways.add("(" + equal + beyond + ")");
            equal.append(place.column()).append(" = :").append(name).append(" and ");
            Object value = marker.apply(place.key());
            values.and(name, place.column().equals(ID) ? value : place.key() == Key.ID ? value.toString() : value);
        }
        where.append(" and (").append(String.join(" or ", ways)).append(")");
    }

    /// Where an entry stands: what was asked for, each key once, and then the id as the index has it.
    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (Sort sort : order) {
            if (places.stream().noneMatch(before -> before.key() == sort.key())) {
                places.add(new Place(sort.key(), column(sort.key()), sort.direction()));
            }
        }
        if (places.isEmpty()) {
            places.add(new Place(Key.CREATED_AT, column(Key.CREATED_AT), Direction.DESCENDING));
        }
        if (places.stream().noneMatch(place -> place.key() == Key.ID)) {
            places.add(new Place(Key.ID, ID, places.getLast().direction()));
        }
        return places;
    }

    private record Place(Key key, String column, Direction direction) {}

    private static String column(Key key) {
        return switch (key) {
            // Else the database would put UUIDs into an order of its own.
            case ID -> "cast(id as string)";
            case NAME -> "name";
            case STATUS -> "state";
            case SIZE -> "sizeBytes";
            case CREATED_AT -> "createdAt";
            case UPDATED_AT -> "updatedAt";
        };
    }
}
