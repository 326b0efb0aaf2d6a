/// Requests and answers: a small HTTP client over `HttpURLConnection`, JSON trees, server-sent events.
///
/// `java.net.http` is not used: it costs about 280 ms of CPU at the first request, and a command makes one or two.
/// Redirects are never followed (a token would travel to whoever is named there), every answer is bounded, every wait
/// has a limit. Used from one thread at a time.
@NullMarked
package cloud.stasis.cli.http;

import org.jspecify.annotations.NullMarked;
