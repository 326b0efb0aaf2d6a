package cloud.stasis.cli.verb;

import java.util.Objects;

/// The version of this program, as its jar's manifest has it.
public final class ProgramVersion {
    public static final String TEXT =
            Objects.requireNonNullElse(ProgramVersion.class.getPackage().getImplementationVersion(), "development");

    private ProgramVersion() {}
}
