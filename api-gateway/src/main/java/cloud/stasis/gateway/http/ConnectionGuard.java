package cloud.stasis.gateway.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.VertxServiceProvider;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/// Stands before the HTTP server, which knows of a connection only once it has sent the head of a request: refuses
/// connections that are too many, and gives each a [HeadDeadline]. Found by Vert.x when it starts, before there are
/// beans.
public final class ConnectionGuard implements VertxServiceProvider {
    /// Each takes a descriptor and some KiB; what more there is must not keep the gateway from its database.
    private static final int MOST_CONNECTIONS = 8192;

    private static final Duration HEAD_DEADLINE = Duration.ofSeconds(30);

    @Override
    public void init(VertxBuilder builder) {
        Config configuration = ConfigProvider.getConfig();
        builder.findTransport(new Guarded(
                configuration
                        .getOptionalValue("stasis.connections.most", Integer.class)
                        .orElse(MOST_CONNECTIONS),
                configuration
                        .getOptionalValue("stasis.connections.head-deadline", Duration.class)
                        .orElse(HEAD_DEADLINE)));
    }

    private static final class Guarded extends JDKTransport {
        private final int most;
        private final Duration headDeadline;
        private final AtomicInteger open = new AtomicInteger();

        Guarded(int most, Duration headDeadline) {
            this.most = most;
            this.headDeadline = headDeadline;
        }

        @Override
        public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap server) {
            super.configure(options, domainSocket, server);
            server.handler(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object accepted) {
                    if (accepted instanceof Channel connection && isAdmitted(connection)) {
                        context.fireChannelRead(accepted);
                    }
                }
            });
        }

        private boolean isAdmitted(Channel connection) {
            if (open.incrementAndGet() > most) {
                open.decrementAndGet();
                connection.unsafe().closeForcibly();
                return false;
            }
            connection.pipeline().addLast(new HeadDeadline(headDeadline, open::decrementAndGet));
            return true;
        }
    }
}
