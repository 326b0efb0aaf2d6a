package cloud.stasis.gateway.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.StasisException;
import java.util.function.Function;

/// Ids in paths. What cannot be an id is simply not there: clients ask by name first, and then want a quick 404.
public final class PathId {
    private PathId() {}

    /// @param parse an id's constructor or its `parse`
    /// @throws StasisException `notFound` if the text is no such id
    public static <T> T of(String text, Function<String, T> parse, ErrorCode notFound) {
        try {
            return parse.apply(text);
        } catch (StasisException malformed) {
            if (malformed.kind() != ErrorKind.INVALID) {
                throw malformed;
            }
            throw new StasisException(notFound, "Could not find " + Faults.shortened(text) + ".");
        }
    }
}
