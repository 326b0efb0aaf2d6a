/// What all doors of the gateway share, so that no door does it again.
///
/// Every request passes the [cloud.stasis.gateway.http.Gate], a Vert.x route in front of everything: it gives the
/// request its id, checks the token, negotiates the microversion, and turns whatever fails into the error body of
/// the API that was called. A REST resource then injects [cloud.stasis.gateway.http.CurrentRequest]; a Vert.x route
/// reads the same from its routing context by `CurrentRequest.of(routingContext)`. Nothing reaches a door without a
/// valid token, and nothing that `policy.txt` does not let in.
///
/// The gate runs on event loops and does not block them; resources run on virtual threads.
@NullMarked
package cloud.stasis.gateway.http;

import org.jspecify.annotations.NullMarked;
