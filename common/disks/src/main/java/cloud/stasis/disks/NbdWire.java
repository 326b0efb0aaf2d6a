package cloud.stasis.disks;

/// The numbers of the NBD protocol that client and server use, by the names of its specification (fixed
/// newstyle handshake, structured replies).
final class NbdWire {
    static final long NBDMAGIC = 0x4e42444d41474943L;
    static final long IHAVEOPT = 0x49484156454F5054L;
    static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    static final int REQUEST_MAGIC = 0x25609513;
    static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

    static final int FLAG_FIXED_NEWSTYLE = 1;
    static final int FLAG_NO_ZEROES = 2;

    static final int EXPORT_HAS_FLAGS = 1;
    static final int EXPORT_READ_ONLY = 2;
    static final int EXPORT_CAN_MULTI_CONN = 1 << 8;

    static final int OPT_ABORT = 2;
    static final int OPT_GO = 7;
    static final int OPT_STRUCTURED_REPLY = 8;
    static final int OPT_SET_META_CONTEXT = 10;

    static final int REP_ACK = 1;
    static final int REP_INFO = 3;
    static final int REP_META_CONTEXT = 4;
    static final int REP_ERROR_BIT = 0x80000000;
    static final int REP_ERR_UNSUP = REP_ERROR_BIT | 1;
    static final int REP_ERR_POLICY = REP_ERROR_BIT | 2;
    static final int REP_ERR_UNKNOWN = REP_ERROR_BIT | 6;
    static final int INFO_EXPORT = 0;

    static final int CMD_READ = 0;
    static final int CMD_DISCONNECT = 2;
    static final int CMD_BLOCK_STATUS = 7;

    static final int REPLY_FLAG_DONE = 1;
    static final int REPLY_NONE = 0;
    static final int REPLY_OFFSET_DATA = 1;
    static final int REPLY_OFFSET_HOLE = 2;
    static final int REPLY_BLOCK_STATUS = 5;
    static final int REPLY_ERROR_BIT = 0x8000;
    static final int REPLY_ERROR = REPLY_ERROR_BIT | 1;

    static final int REQUEST_BYTES = 28;
    static final int SIMPLE_REPLY_BYTES = 16;
    static final int STRUCTURED_REPLY_BYTES = 20;

    private NbdWire() {}
}
