package cloud.stasis.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a connection on which the head of a request takes too long, from the connection or from its first byte on.
/// Who sends a byte now and then would never be idle, and nothing behind this hears of a head before it is whole.
///
/// First on the pipeline, where bytes come in; a second handler behind the decoder sees what they were. On the event
/// loop of its connection.
final class HeadDeadline extends ChannelInboundHandlerAdapter {
    private final Duration deadline;
    private final Runnable closed;
    private @Nullable ScheduledFuture<?> late;
    private boolean inBody;
    private boolean watched;

    /// @param closed called once the connection is gone
    HeadDeadline(Duration deadline, Runnable closed) {
        this.deadline = deadline;
        this.closed = closed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        begin(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end();
        closed.run();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        watch(context);
        if (late == null && !inBody) {
            begin(context);
        }
        context.fireChannelRead(bytes);
    }

    private void watch(ChannelHandlerContext context) {
        ChannelHandlerContext decoder = context.pipeline().context(HttpRequestDecoder.class);
        if (!watched && decoder != null) {
            context.pipeline().addAfter(decoder.name(), null, new Heads());
            watched = true;
        }
    }

    private void begin(ChannelHandlerContext context) {
        late = context.executor().schedule(() -> context.close(), deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void end() {
        if (late != null) {
            late.cancel(false);
            late = null;
        }
    }

    private final class Heads extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object part) {
            if (part instanceof HttpRequest) {
                end();
                inBody = true;
            }
            if (part instanceof LastHttpContent) {
                inBody = false;
            }
            context.fireChannelRead(part);
        }
    }
}
