package cloud.stasis.gateway.image;

/// Limits of the image API, as Glance has them by default.
public final class ImageLimits {
    /// Characters in a name, a property's name or a tag.
    public static final int NAME = 255;
    /// Characters in a property's value: what Glance's column holds.
    public static final int PROPERTY_VALUE = 65_535;

    public static final int PROPERTIES = 128;
    public static final int TAGS = 128;
    public static final int MEMBERS = 128;
    /// Images in one page when the caller does not say.
    public static final int PAGE = 25;

    public static final int MAX_PAGE = 1000;
    /// Gives a database index its due: more conditions than this in one list are nobody's wish.
    public static final int FILTERS = 20;

    private ImageLimits() {}
}
