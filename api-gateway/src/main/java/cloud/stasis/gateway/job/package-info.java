/// Jobs: what a tenant waits for. A job is the tenant's view of a saga: how far it is, how long it will take, how
/// it ended.
///
/// Every change that a tenant asks for and that takes longer than its HTTP request is a job, so the list of a
/// server's jobs is also the list of its actions in the compute API. A client that sends a token with its request
/// gets the same job however often it sends it.
///
/// Records and their transitions are plain values; rows are changed within the transaction that advances the
/// saga.
@NullMarked
package cloud.stasis.gateway.job;

import org.jspecify.annotations.NullMarked;
