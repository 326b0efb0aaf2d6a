package cloud.stasis.disks;

/// Which layer of a disk: they are numbered in the order in which they were made.
public record LayerNumber(int value) {
    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
