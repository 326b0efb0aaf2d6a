package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Work;

/// Changes of servers that go on by themselves.
final class ServerWork {
    private ServerWork() {}

    /// @param answer to what was asked for
    /// @param status in which it will be idle
    static Work until(Cloud cloud, Server server, Reply answer, String status) {
        return Work.of(
                server.name(),
                server,
                () -> cloud.jobs().begunBy(answer),
                (follower, limit) -> follower.server(server, status, limit));
    }
}
