/// What servers have besides disks: network interfaces and the media in their drives.
///
/// A **network** is the operator's, from the configuration: on each host that reaches it, a bridge. A **port** is one
/// interface of one server on a network; its row keeps its hardware address and its address for as long as the server
/// has it. The server's record (`InstanceSpec`) says what the machine has now; rows of ports that are on their way in
/// or out say so. Addresses are bookkeeping: nothing hands them to guests, and nothing enforces them.
///
/// Each public method that changes something is one transaction; it locks the server before the network.
@NullMarked
package cloud.stasis.gateway.device;

import org.jspecify.annotations.NullMarked;
