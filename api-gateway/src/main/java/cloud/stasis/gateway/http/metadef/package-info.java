/// The part of the image API (Glance v2) that speaks of metadata definitions, and the wiring of
/// [cloud.stasis.gateway.metadef].
///
/// [cloud.stasis.gateway.http.metadef.MetadefBodies] reads and writes bodies. What is read-only in a body is a 403,
/// what the schema does not know a 400. Resources run on virtual threads.
@NullMarked
package cloud.stasis.gateway.http.metadef;

import org.jspecify.annotations.NullMarked;
