import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Several clients of one image service at once, each a process of its own with the options of this one. Takes
/// orders from its standard input, one a line, gives each to all clients, with their numbers in place of "%", and
/// answers with a line of JSON when the last of them has answered: what it took, in all of them and the image
/// service together.
///
/// ```
/// StoreClients COUNT SOURCE URL PID    how many; StoreClient.java; of the image service
///   warm FILE OUT                      as a StoreClient does it
///   ingest FILE
///   restore OUT                        what it has ingested
/// ```
final class StoreClients {
    private static final Pattern CONTENT = Pattern.compile("\"root\":\"([0-9a-f]+)\",\"size\":([0-9]+)");

    private static final class Client {
        private final int number;
        private final Process process;
        private final PrintStream orders;
        private final BufferedReader answers;
        private String content = "";

        private Client(int number, List<String> command) throws IOException {
            this.number = number;
            this.process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            this.orders = new PrintStream(process.getOutputStream(), true);
            this.answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
        }

        private void order(String order) {
            String own = order.replace("%", Integer.toString(number));
            orders.println(own.startsWith("restore ") ? own + " " + content : own);
        }

        private void awaitAnswer() throws IOException {
            for (String line = answers.readLine(); ; line = answers.readLine()) {
                if (line == null) {
                    throw new IllegalStateException("client " + number + " ended");
                }
                if (line.startsWith("{")) {
                    Matcher made = CONTENT.matcher(line);
                    if (made.find()) {
                        content = made.group(1) + " " + made.group(2);
                    }
                    return;
                }
            }
        }

        private void end() throws InterruptedException {
            orders.close();
            process.waitFor();
        }
    }

    private StoreClients() {}

    public static void main(String[] arguments) throws Exception {
        long service = Long.parseLong(arguments[3]);
        List<Client> clients = new ArrayList<>();
        for (int number = 1; number <= Integer.parseInt(arguments[0]); number++) {
            clients.add(new Client(number, command(arguments[1], arguments[2], arguments[3])));
        }
        List<Long> pids = clients.stream().map(client -> client.process.pid()).toList();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String all = order;
            System.out.println(Cost.of(pids, service, () -> carryOut(all, clients)));
        }
        for (Client client : clients) {
            client.end();
        }
    }

    private static List<String> command(String source, String url, String service) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), source, url, service));
        return command;
    }

    private static String carryOut(String order, List<Client> clients) throws IOException {
        for (Client client : clients) {
            client.order(order);
        }
        for (Client client : clients) {
            client.awaitAnswer();
        }
        return "";
    }
}
