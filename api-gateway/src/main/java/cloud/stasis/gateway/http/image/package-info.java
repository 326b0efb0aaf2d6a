/// The image API (Glance v2) and the wiring of [cloud.stasis.gateway.image].
///
/// Metadata are ordinary REST resources on virtual threads. Data are streamed by
/// [cloud.stasis.gateway.http.image.ImageDataRoutes], Vert.x routes that come before REST: between the client and
/// the image service, in both directions, no faster than the slower of the two, and never more than some buffers of
/// it in memory.
@NullMarked
package cloud.stasis.gateway.http.image;

import org.jspecify.annotations.NullMarked;
