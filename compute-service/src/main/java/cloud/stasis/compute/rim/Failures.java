package cloud.stasis.compute.rim;

import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.StasisException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/// Failures on HTTP: the kind decides the status, the report is the body.
final class Failures {
    @ServerExceptionMapper
    Response known(StasisException failure) {
        ErrorReport report = failure.report();
        return Response.status(failure.kind().httpStatus())
                .type(MediaType.APPLICATION_JSON)
                .entity(report)
                .build();
    }
}
