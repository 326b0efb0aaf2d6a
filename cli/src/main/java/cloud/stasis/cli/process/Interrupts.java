package cloud.stasis.cli.process;

/// What is still said when a person interrupts a command that waits.
@FunctionalInterface
public interface Interrupts {
    /// Until it is closed, an interruption runs the last words before the process ends.
    Guard guard(Runnable lastWords);

    interface Guard extends AutoCloseable {
        @Override
        void close();
    }

    /// By a shutdown hook: the JVM itself then ends with 130 for SIGINT.
    Interrupts REAL = lastWords -> {
        Thread hook = new Thread(lastWords, "last-words");
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // The process is ending already, and the words have been said.
            }
        };
    };
}
