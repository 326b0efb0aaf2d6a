package cloud.stasis.cli.fake;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Everything that verbs ask for, with one thing of each kind: what is asked of it becomes a job, which takes a
/// while and succeeds, and afterwards the thing is as it was asked to be.
public final class WholeCloud implements AutoCloseable {
    public static final String WEB = "11111111-1111-4111-8111-111111111111";
    public static final String DB = "22222222-2222-4222-8222-222222222222";
    public static final String IMAGE = "33333333-3333-4333-8333-333333333333";
    public static final String JOB = "44444444-4444-4444-8444-444444444444";
    public static final String SNAPSHOT = "55555555-5555-4555-8555-555555555555";
    public static final String INSTANT = "66666666-6666-4666-8666-666666666666";
    public static final String VOLUME = "77777777-7777-4777-8777-777777777777";
    public static final String VOLUME_SNAPSHOT = "88888888-8888-4888-8888-888888888888";
    public static final String PROTECTION = "abababab-abab-4bab-8bab-abababababab";
    public static final String POLICY = "99999999-9999-4999-8999-999999999999";
    public static final String STATE = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    public static final String PORT = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
    /// One that will be cancelled.
    public static final String DOOMED = "cccccccc-cccc-4ccc-8ccc-cccccccccccc";

    private static final String COMPUTE = "/compute/v2.1/";
    private static final String BLOCKS = "/volume/v3/project/";
    private static final String OURS = "/snapshot/v1/";
    private static final Map<String, String> REACHED = Map.of(
            "os-stop", "SHUTOFF",
            "pause", "PAUSED",
            "suspend", "SUSPENDED",
            "shelve", "SHELVED_OFFLOADED",
            "resize", "VERIFY_RESIZE",
            "rescue", "RESCUE");

    private final FakeCloud cloud = new FakeCloud();
    private final Set<String> gone = new HashSet<>();
    private volatile String status = "ACTIVE";

    public WholeCloud() {
        servers();
        devices();
        images();
        volumes();
        projects();
        snapshots();
        policies();
        protections();
        store();
        jobs();
        doctor();
    }

    public FakeCloud cloud() {
        return cloud;
    }

    /// A job as the API tells of it.
    ///
    /// @param request that began it
    public static String job(String id, String status, int percent, String request) {
        return "{'id':'" + id + "','kind':'take_snapshot','status':'" + status + "','server':'" + WEB
                + "','phase':'uploading','percent':" + percent + ",'bytes_done':" + percent
                + ",'bytes_total':100,'eta_seconds':" + (percent == 100 ? "null" : "75")
                + ",'error':null,'request_id':'"
                + request + "'}";
    }

    private static String begun() {
        return "{'job':" + job(JOB, "running", 10, "") + "}";
    }

    private void on(String line, String body) {
        cloud.on(line, Answer.json(line.startsWith("POST ") ? 202 : 200, body));
    }

    /// Until it is deleted.
    private void thing(String path, String body) {
        cloud.on(
                "GET " + path,
                _ -> gone.contains(path)
                        ? Answer.json(404, "{'itemNotFound':{'message':'gone'}}")
                        : Answer.json(200, body));
        cloud.on("DELETE " + path, _ -> {
            gone.add(path);
            return Answer.empty(202);
        });
    }

    private void servers() {
        String web = COMPUTE + "servers/" + WEB;
        on("GET " + COMPUTE + "servers/detail", "{'servers':[" + server(WEB, "ACTIVE") + "]}");
        cloud.on("DELETE " + web, _ -> {
            gone.add(web);
            return Answer.empty(204);
        });
        cloud.on(
                "GET " + web,
                _ -> gone.contains(web)
                        ? Answer.json(404, "{'itemNotFound':{'message':'gone'}}")
                        : Answer.json(200, "{'server':" + server(WEB, status) + "}"));
        thing(COMPUTE + "servers/" + DB, "{'server':" + server(DB, "ACTIVE") + "}");
        cloud.on("POST " + web + "/action", this::act);
        on("POST " + COMPUTE + "servers", "{'server':{'id':'" + WEB + "'}}");
        on("PUT " + web, "{'server':" + server(WEB, "ACTIVE") + "}");
        on("GET " + web + "/metadata", "{'metadata':{'tier':'gold'}}");
        on("POST " + web + "/metadata", "{'metadata':{'tier':'gold'}}");
        cloud.on("DELETE " + web + "/metadata/tier", Answer.empty(204));
        on(
                "GET " + web + "/os-instance-actions",
                "{'instanceActions':[{'action':'create','request_id':'req-1','start_time':'2026-11-22T10:00:00.0'}]}");
        on(
                "GET " + COMPUTE + "os-server-groups",
                "{'server_groups':[{'id':'g','name':'apart','policy':'anti-affinity'," + "'rules':{},'members':['" + WEB
                        + "']}]}");
    }

    private Answer act(Asked asked) {
        String action = asked.json().fieldNames().next();
        status = REACHED.getOrDefault(action, "ACTIVE");
        return switch (action) {
            case "createImage", "createBackup" -> Answer.json(202, "{'image_id':'" + IMAGE + "'}");
            case "os-getConsoleOutput" -> Answer.json(200, "{'output':'ready'}");
            default -> Answer.empty(202);
        };
    }

    private static String server(String id, String status) {
        return "{'id':'" + id + "','name':'" + (id.equals(WEB) ? "web-1" : "db-1") + "','status':'" + status
                + "','OS-EXT-STS:task_state':null,'OS-EXT-STS:power_state':1,'addresses':{}}";
    }

    private void devices() {
        String web = COMPUTE + "servers/" + WEB;
        String nic = "{'port_id':'" + PORT + "','port_state':'ACTIVE','mac_addr':'52:54:00:00:00:01','net_id':'n',"
                + "'fixed_ips':[{'ip_address':'10.0.0.5'}]}";
        String port = web + "/os-interface/" + PORT;
        cloud.on(
                "GET " + web + "/os-interface",
                _ -> Answer.json(200, "{'interfaceAttachments':[" + (gone.contains(port) ? "" : nic) + "]}"));
        on("POST " + web + "/os-interface", "{'interfaceAttachment':" + nic + "}");
        thing(port, "{'interfaceAttachment':" + nic + "}");
        String attachment = "{'volumeId':'" + VOLUME + "','serverId':'" + WEB + "','device':'/dev/vdb'}";
        on("GET " + web + "/os-volume_attachments", "{'volumeAttachments':[" + attachment + "]}");
        on("POST " + web + "/os-volume_attachments", "{'volumeAttachment':" + attachment + "}");
        cloud.on("DELETE " + web + "/os-volume_attachments/" + VOLUME, Answer.empty(202));
        on("PUT " + OURS + "servers/" + WEB + "/links/" + PORT, begun());
        on("PUT " + OURS + "servers/" + WEB + "/drives/hda", begun());
        on("DELETE " + OURS + "servers/" + WEB + "/drives/hda", begun());
        on("GET " + OURS + "servers/" + WEB + "/streams", "{'streams':[]}");
    }

    private void images() {
        String image = "{'id':'" + IMAGE + "','name':'demo','status':'active','size':5,'disk_format':'raw',"
                + "'checksum':'5d41402abc4b2a76b9719d911017c592'}";
        on("GET /image/v2/images", "{'images':[" + image + "]}");
        on("POST /image/v2/images", image);
        thing("/image/v2/images/" + IMAGE, image);
        on("GET /image/v2/images/" + IMAGE + "/file", "hello");
        cloud.on("PUT /image/v2/images/" + IMAGE + "/file", Answer.empty(204));
        on("GET " + OURS + "images/" + IMAGE, "{'image':{'stored':{'own':7}}}");
        String flavor = "{'id':'7','name':'m1.tiny','ram':512,'disk':0,'vcpus':1}";
        on("GET " + COMPUTE + "flavors/detail", "{'flavors':[" + flavor + "]}");
    }

    private void volumes() {
        String volume = "{'id':'" + VOLUME + "','name':'data','status':'available','size':2,'attachments':[]}";
        on("GET " + BLOCKS + "volumes/detail", "{'volumes':[" + volume + "]}");
        on("POST " + BLOCKS + "volumes", "{'volume':" + volume + "}");
        thing(BLOCKS + "volumes/" + VOLUME, "{'volume':" + volume + "}");
        cloud.on("POST " + BLOCKS + "volumes/" + VOLUME + "/action", Answer.empty(202));
        String snapshot = "{'id':'" + VOLUME_SNAPSHOT + "','name':'nightly','status':'available','size':2,'volume_id':'"
                + VOLUME + "','created_at':'2026-11-22T10:00:00.0'}";
        on("GET " + BLOCKS + "snapshots/detail", "{'snapshots':[" + snapshot + "]}");
        on("POST " + BLOCKS + "snapshots", "{'snapshot':" + snapshot + "}");
        thing(BLOCKS + "snapshots/" + VOLUME_SNAPSHOT, "{'snapshot':" + snapshot + "}");
    }

    private void projects() {
        String keypair = "{'name':'laptop','type':'ssh','fingerprint':'ab:cd','public_key':'ssh-ed25519 AAAA'}";
        on("GET " + COMPUTE + "os-keypairs", "{'keypairs':[{'keypair':" + keypair + "}]}");
        on("POST " + COMPUTE + "os-keypairs", "{'keypair':" + keypair + "}");
        cloud.on("DELETE " + COMPUTE + "os-keypairs/laptop", Answer.empty(204));
        on("GET " + COMPUTE + "limits", "{'limits':{'absolute':{'maxTotalCores':200}}}");
        on("GET " + BLOCKS + "limits", "{'limits':{'absolute':{'maxTotalVolumes':100}}}");
        String cores = "{'quota_set':{'id':'project','cores':{'limit':200,'in_use':3}}}";
        String gigabytes = "{'quota_set':{'id':'project','gigabytes':{'limit':1000,'in_use':7}}}";
        on("GET " + COMPUTE + "os-quota-sets/project/detail", cores);
        on("PUT " + COMPUTE + "os-quota-sets/project", cores);
        on("GET " + BLOCKS + "os-quota-sets/project", gigabytes);
        on("PUT " + BLOCKS + "os-quota-sets/project", gigabytes);
        String snapshots = "{'quotas':{'project':'project','snapshots':{'limit':50,'used':4},"
                + "'snapshot_policies':{'limit':-1,'used':0},'images':{'limit':100,'used':7}}}";
        on("GET " + OURS + "quotas", snapshots);
        for (String line : List.of("GET ", "PUT ", "DELETE ")) {
            on(line + OURS + "quotas/project", snapshots);
        }
        on("GET /identity/v3/auth/tokens", cloud.tokenBody());
        cloud.on("DELETE /identity/v3/auth/tokens", Answer.empty(204));
        on("GET " + COMPUTE + "os-hypervisors/detail", "{'hypervisors':[{'id':'h','hypervisor_hostname':'host-1'}]}");
        on("GET /compute/v2.1", "{'version':{'version':'2.93'}}");
    }

    private void snapshots() {
        String snapshot = "{'id':'" + SNAPSHOT + "','name':'before','status':'available','server':'" + WEB
                + "','memory':true,'parts':[],'taken_at':'2026-11-22T10:00:00Z'}";
        String instant = "{'id':'" + INSTANT + "','name':'together','status':'available','servers':1,'snapshots':["
                + snapshot + "]}";
        String one = OURS + "snapshots/" + SNAPSHOT;
        on("GET " + OURS + "snapshots", "{'snapshots':[" + snapshot + "]}");
        cloud.on(
                "POST " + OURS + "snapshots",
                asked -> Answer.json(
                        202,
                        "{'" + (asked.json().has("servers") ? "instant':" + instant : "snapshot':" + snapshot)
                                + ",'job':" + job(JOB, "running", 10, "") + "}"));
        on("GET " + one, "{'snapshot':" + snapshot + "}");
        on("PUT " + one, "{'snapshot':" + snapshot + "}");
        on("DELETE " + one, begun());
        for (String what : List.of("clone", "revert", "restore")) {
            on("POST " + one + "/" + what, begun());
        }
        on(
                "GET " + one + "/verdict",
                "{'verdict':{'snapshot':'" + SNAPSHOT + "','revert':{'outcome':'with_memory',"
                        + "'reasons':[]},'clones':[]}}");
        on("GET " + OURS + "servers/" + WEB + "/tree", "{'tree':{'nodes':[" + snapshot + "]}}");
        on("POST " + OURS + "servers/" + WEB + "/undo-revert", begun());
        on("POST " + OURS + "servers/" + WEB + "/clone", begun());
        on("POST " + OURS + "volumes", begun());
        on("GET " + OURS + "instants", "{'instants':[" + instant + "]}");
        on("GET " + OURS + "instants/" + INSTANT, "{'instant':" + instant + "}");
        String jobs = "{'jobs':[" + job(JOB, "running", 10, "") + "]}";
        on("POST " + OURS + "instants/" + INSTANT + "/revert", jobs);
        on("DELETE " + OURS + "instants/" + INSTANT, jobs);
    }

    private void policies() {
        String policy = OURS + "policies/" + POLICY;
        String body = "{'policy':{'id':'" + POLICY + "','name':'gold','server':'" + WEB + "','action':'snapshot',"
                + "'cron':'30 2 * * *','timezone':'UTC','retention':{'daily':7},'enabled':true,'results':["
                + result("begun", "'" + JOB + "'") + "]}}";
        on("GET " + OURS + "policies", "{'policies':[{'id':'" + POLICY + "','name':'gold','retention':{}}]}");
        on("POST " + OURS + "policies", body);
        thing(policy, body);
        on("PUT " + policy, body);
        on("POST " + policy + "/run", "{'results':[" + result("waiting", "null") + "]}");
    }

    private void protections() {
        String protection = OURS + "servers/" + WEB + "/protection";
        String shown = "{'id':'" + PROTECTION + "','server':'" + WEB + "','status':'protected','health':'degraded',"
                + "'reason':'the link is slow','interval_ms':200,'output':'held','automatic':true,'epoch':42,"
                + "'epoch_at':'2026-11-22T10:00:00Z','interval_in_force_ms':400,'pause_us':7300,'sent_bytes':1048576,"
                + "'standby_host':'host-2','created_at':'2026-11-22T09:00:00Z','updated_at':'2026-11-22T09:00:00Z'}";
        on("GET " + protection, "{'protection':" + shown + "}");
        on("GET " + OURS + "protections", "{'protections':[" + shown + "]}");
        on("PUT " + protection, begun());
        on("DELETE " + protection, begun());
        on("POST " + OURS + "servers/" + WEB + "/failover", begun());
    }

    private static String result(String status, String job) {
        return "{'run_at':'2026-11-22T10:00:00Z','target':'" + WEB + "','status':'" + status + "','product':null,'job':"
                + job + ",'reason':null}";
    }

    private void store() {
        for (String what : List.of("adopt", "pull", "push")) {
            on("POST " + OURS + "store/" + what, begun());
        }
        String usage = "{'usage':{'project':'project','kept_bytes':1,'stored_bytes':1,'store_gigabytes':5,"
                + "'stored_gigabytes':-1}}";
        on("GET " + OURS + "store/usage", usage);
        on("PUT " + OURS + "store/usage/project", usage);
        String state = "{'id':'" + STATE + "','status':'available','origin':'request'}";
        on("GET " + OURS + "state-backups", "{'state_backups':[" + state + "]}");
        on("POST " + OURS + "state-backups", "{'state_backup':" + state + "}");
        on("GET " + OURS + "state-backups/" + STATE, "{'state_backup':" + state + "}");
        on("DELETE " + OURS + "state-backups/" + STATE, begun());
    }

    private void jobs() {
        cloud.on(
                "GET " + OURS + "jobs",
                _ -> Answer.json(200, "{'jobs':[" + job(JOB, "running", 10, lastChange()) + "]}"));
        job(JOB, "succeeded");
        job(DOOMED, "cancelled");
    }

    private String lastChange() {
        return cloud.lines().stream().allMatch(line -> line.startsWith("GET ") || line.startsWith("POST /identity/"))
                ? ""
                : cloud.lastChange().id();
    }

    private void job(String id, String end) {
        String path = OURS + "jobs/" + id;
        on("GET " + path, "{'job':" + job(id, "running", 10, "") + "}");
        on("POST " + path + "/cancel", "{'job':" + job(id, "unwinding", 10, "") + "}");
        on("POST " + path + "/retry", "{'job':" + job(id, "running", 10, "") + "}");
        cloud.on(
                "GET " + path + "/events",
                Answer.events("data: " + job(id, "running", 50, "") + "\n\ndata: " + job(id, end, 100, "") + "\n\n"));
    }

    private void doctor() {
        on("POST " + OURS + "tables/examine", "{'examination':{'findings':[]}}");
        on("GET " + OURS + "hosts", "{'hosts':[{'id':'h1','alive':true}]}");
        on("POST " + OURS + "hosts/h1/examine", begun());
        on(
                "GET " + OURS + "hosts/h1/examination",
                "{'examination':{'status':'done','findings':[{'subject':'instance x','difference':'is not there',"
                        + "'plan':'define it','safe':true,'outcome':'mended'}]}}");
    }

    @Override
    public void close() {
        cloud.close();
    }
}
