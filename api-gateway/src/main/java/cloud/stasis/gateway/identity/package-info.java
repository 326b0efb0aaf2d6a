/// Who calls and what they may do: domains, projects, users, roles, tokens, policy.
///
/// Plain classes; the HTTP doors and the tables use them, not the other way round. Safe on any thread.
@NullMarked
package cloud.stasis.gateway.identity;

import org.jspecify.annotations.NullMarked;
