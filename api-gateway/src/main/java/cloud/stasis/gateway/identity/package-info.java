/// Who calls and what they may do: domains, projects, users, groups, roles, assignments, tokens.
///
/// A **domain** is a name space for users, groups and projects. A **role** is held on a project, a domain or the
/// whole deployment by **assignment**, directly or through a group; assignments of a domain or project may be
/// **inherited** by the projects below; a role may **imply** others. A **token** says who holds it and for which
/// **scope**; it is signed and carries ids only, so that names, roles and states are always those of now (see
/// [cloud.stasis.gateway.identity.Tokens]).
///
/// Plain classes; the HTTP doors and the tables use them, not the other way round. Safe on any thread. What asks
/// the database or hashes passwords blocks.
@NullMarked
package cloud.stasis.gateway.identity;

import org.jspecify.annotations.NullMarked;
