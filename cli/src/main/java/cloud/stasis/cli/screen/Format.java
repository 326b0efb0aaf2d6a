package cloud.stasis.cli.screen;

/// How results are printed.
public enum Format {
    /// For people.
    TABLE,
    /// The resources as the API gave them.
    JSON,
    YAML
}
