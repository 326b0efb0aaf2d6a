package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.quota.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Limits as the body of a request says them.
final class LimitsBody {
    private LimitsBody() {}

    /// @param limited what may be said; what is not said is left out
    /// @throws FaultException 400 if something else is said, or less than -1
    static Map<Resource, Long> read(@Nullable JsonNode body, Collection<Resource> limited) {
        JsonFields fields =
                JsonFields.of(body).only(limited.stream().map(Resource::word).toArray(String[]::new));
        Map<Resource, Long> limits = new EnumMap<>(Resource.class);
        for (Resource resource : limited) {
            fields.optionalInteger(resource.word()).ifPresent(limit -> {
                if (limit < Resource.UNLIMITED) {
                    throw new FaultException(400, resource.word() + " must be -1 or more.");
                }
                limits.put(resource, (long) limit);
            });
        }
        return limits;
    }
}
