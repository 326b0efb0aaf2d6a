package cloud.stasis.messages;

import cloud.stasis.model.Part;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The sealed types that stand inside messages, and the wire names of their cases: `OverImage` travels as
/// `over-image`.
final class SealedCases {
    static final List<Class<?>> TYPES = List.of(
            Part.class,
            CommandResult.class,
            ComputeCommand.Boot.class,
            ComputeCommand.DiskSource.class,
            ComputeCommand.Cut.class);

    private SealedCases() {}

    static NamedType[] of(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .map(type -> new NamedType(type, wireName(type)))
                .toArray(NamedType[]::new);
    }

    private static String wireName(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
