/// The door of the compute API, v2.1, with microversions.
///
/// Resources parse, ask a service and write the answer; bodies are maps in the order in which the API documents
/// them, with what each microversion adds where it is added. What is ours alone never stands in them. Everything
/// runs on virtual threads, and reads are answered from our own rows; only console output comes from a host.
@NullMarked
package cloud.stasis.gateway.http.compute;

import org.jspecify.annotations.NullMarked;
