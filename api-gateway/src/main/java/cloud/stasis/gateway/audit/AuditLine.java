package cloud.stasis.gateway.audit;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// One line. What is not known, or does not apply, is a `-`.
///
/// @param did the method and path of a request, or what else changed something
/// @param action what the body of an action request names, or what was done without a request
/// @param made kinds and ids of what was not there before, `volume/<uuid>`
/// @param from an address, or what else asked for it
/// @param result the status that was answered, or what became of it
/// @param requestId by which it is found in jobs and in the logs of workers
/// @param globalRequestId that a client gave to several requests
public record AuditLine(
        String did,
        Optional<String> action,
        Who who,
        List<String> made,
        String from,
        String result,
        String requestId,
        Optional<String> globalRequestId) {
    private static final Logger LOG = Logger.getLogger("audit");
    private static final String NONE = "-";

    public AuditLine {
        made = List.copyOf(made);
    }

    /// @param roles that the user had there
    /// @param credential the application credential with which the user came
    public record Who(
            Optional<String> user, Optional<String> project, Collection<String> roles, Optional<String> credential) {
        public static final Who NOBODY = new Who(Optional.empty(), Optional.empty(), List.of(), Optional.empty());

        public Who {
            roles = List.copyOf(roles);
        }
    }

    public void write() {
        LOG.infof(
                "%s action=%s made=%s user=%s project=%s roles=%s credential=%s from=%s status=%s requestId=%s"
                        + " global_request_id=%s",
                did,
                action.orElse(NONE),
                listed(made),
                who.user().orElse(NONE),
                who.project().orElse(NONE),
                listed(who.roles()),
                who.credential().orElse(NONE),
                from,
                result,
                requestId.isEmpty() ? NONE : requestId,
                globalRequestId.orElse(NONE));
    }

    private static String listed(Collection<String> words) {
        return words.isEmpty() ? NONE : String.join(",", words.stream().sorted().toList());
    }
}
