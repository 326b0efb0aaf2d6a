/// The data doors of the image service: packs and blobs for agents, image files for the gateway. Vert.x routes,
/// since they carry large bodies twice as fast as REST resources here; each checks the capability itself.
///
/// **Threads.** Vert.x calls a route on its event loop; [cloud.stasis.image.http.HttpDoor] hands the call to a
/// virtual thread at once, where it reads, works and answers in a straight line. Bodies pass through short
/// bounded queues: who sends faster than we work is paused, who reads slower than we work is waited for, and
/// who does neither for a minute is cut off.
///
/// **Errors** are JSON: `{"code": "NO_SPACE", "message": "..."}`; the status follows from the kind of the code.
@NullMarked
package cloud.stasis.image.http;

import org.jspecify.annotations.NullMarked;
