/// This host as everything else in the agent sees it: one record with what an action needs, and the questions
/// that many of them ask.
@NullMarked
package cloud.stasis.compute.host;

import org.jspecify.annotations.NullMarked;
