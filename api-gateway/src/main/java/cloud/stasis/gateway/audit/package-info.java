/// Who changed what: one line for each change, in the log category `audit`, whether a request asked for it, a policy
/// did it, or another site whose bundles this one takes. Safe on any thread.
@NullMarked
package cloud.stasis.gateway.audit;

import org.jspecify.annotations.NullMarked;
