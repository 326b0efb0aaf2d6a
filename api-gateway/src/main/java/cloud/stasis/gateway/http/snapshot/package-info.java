/// The door of our own API, `/snapshot/v1`: snapshots of whole servers, and the jobs that everything long
/// becomes.
///
/// Bodies are records, and so is their description (`/q/openapi`). A change answers 202 with the job; a client
/// that sends `Idempotency-Key` may send it again.
@NullMarked
package cloud.stasis.gateway.http.snapshot;

import org.jspecify.annotations.NullMarked;
