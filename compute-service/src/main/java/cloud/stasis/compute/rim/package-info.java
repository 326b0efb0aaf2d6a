/// Quarkus around the agent: configuration, start and stop, heartbeats, health, the console door. Everything
/// else of the agent is plain Java and does not know that this is here.
@NullMarked
package cloud.stasis.compute.rim;

import org.jspecify.annotations.NullMarked;
