package cloud.stasis.gateway.volume;

/// Makes shelves.
public interface Shelves {
    /// @param kind is stored: a released one never changes
    /// @param type a record; its JSON is what is kept
    <T extends Shelf.Item> Shelf<T> of(String kind, Class<T> type);
}
