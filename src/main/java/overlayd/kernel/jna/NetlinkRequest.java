package overlayd.kernel.jna;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import overlayd.kernel.RawText;

/** The bytes of one rtnetlink or nfnetlink message (netlink(7), rtnetlink(7)): header, fixed part, attributes, each padded to 4. Pure. */
final class NetlinkRequest {
    private static final int MOST_BYTES = 4096;

    private final ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.nativeOrder());

    private NetlinkRequest(int type, int flags) {
        // The length comes at the end; the port id is left to the kernel.
        buffer.putInt(0).putShort((short) type).putShort((short) (flags | Abi.NLM_F_REQUEST)).putInt(0).putInt(0);
    }

    /** A message about links: struct ifinfomsg with index 0, so that the name counts; {@code linkFlags} are set and nothing else changes. */
    static NetlinkRequest link(int type, int flags, int linkFlags) {
        NetlinkRequest request = new NetlinkRequest(type, flags);
        request.linkHeader(linkFlags);
        return request;
    }

    /** A message about the link of that index; nothing of it changes. */
    static NetlinkRequest linkAt(int type, int flags, int index) {
        NetlinkRequest request = new NetlinkRequest(type, flags);
        request.buffer.putInt(Abi.AF_UNSPEC).putInt(index).putInt(0).putInt(0);
        return request;
    }

    /** A message about addresses: struct ifaddrmsg. */
    static NetlinkRequest address(int type, int flags, int family, int prefix, int index) {
        NetlinkRequest request = new NetlinkRequest(type, flags);
        request.buffer.put((byte) family).put((byte) prefix).put((byte) 0).put((byte) 0).putInt(index);
        return request;
    }

    /** As above, of IPv6 and without duplicate address detection. */
    static NetlinkRequest addressAtOnce(int type, int flags, int prefix, int index) {
        NetlinkRequest request = new NetlinkRequest(type, flags);
        request.buffer.put((byte) Abi.AF_INET6).put((byte) prefix).put((byte) Abi.IFA_F_NODAD).put((byte) 0).putInt(index);
        return request;
    }

    /** A message about default routes and their kin: struct rtmsg of the main table; {@code flags} are RTNH_F_*. */
    static NetlinkRequest route(int type, int flags, int family, int routeFlags) {
        NetlinkRequest request = new NetlinkRequest(type, flags);
        request.buffer.put((byte) family).put((byte) 0).put((byte) 0).put((byte) 0).put((byte) Abi.RT_TABLE_MAIN)
                .put((byte) Abi.RTPROT_STATIC).put((byte) 0).put((byte) Abi.RTN_UNICAST).putInt(routeFlags);
        return request;
    }

    /** A message about neighbours: struct ndmsg. */
    static NetlinkRequest neighbours(int type, int flags) {
        NetlinkRequest request = new NetlinkRequest(type, flags);
        request.buffer.put(new byte[Abi.ndmsg_size]);
        return request;
    }

    /** A message of nfnetlink: struct nfgenmsg, whose last member is big-endian whatever the machine is. */
    static NetlinkRequest netfilter(int type, int flags, int family, int resource) {
        NetlinkRequest request = new NetlinkRequest(type, flags);
        request.buffer.put((byte) family).put((byte) Abi.NFNETLINK_V0).put((byte) (resource >> 8)).put((byte) resource);
        return request;
    }

    /** struct ifinfomsg: family, padding, type, index, flags, mask of the flags that change. */
    NetlinkRequest linkHeader(int flags) {
        buffer.putInt(Abi.AF_UNSPEC).putInt(0).putInt(flags).putInt(flags);
        return this;
    }

    NetlinkRequest text(int attribute, String value) {
        byte[] bytes = RawText.encode(value);
        return bytes(attribute, Arrays.copyOf(bytes, bytes.length + 1));
    }

    NetlinkRequest number(int attribute, int value) {
        return bytes(attribute, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
    }

    /** A number as nfnetlink has them: big-endian. */
    NetlinkRequest networkNumber(int attribute, int value) {
        return bytes(attribute, ByteBuffer.allocate(4).order(ByteOrder.BIG_ENDIAN).putInt(value).array());
    }

    NetlinkRequest shortNumber(int attribute, int value) {
        return bytes(attribute, ByteBuffer.allocate(2).order(ByteOrder.nativeOrder()).putShort((short) value).array());
    }

    NetlinkRequest bytes(int attribute, byte[] value) {
        buffer.putShort((short) (4 + value.length)).putShort((short) attribute).put(value);
        pad();
        return this;
    }

    /** Opens a nested attribute; {@link #end} closes it. The token is its place. */
    int begin(int attribute) {
        int place = buffer.position();
        buffer.putShort((short) 0).putShort((short) (attribute | Abi.NLA_F_NESTED));
        return place;
    }

    NetlinkRequest end(int place) {
        buffer.putShort(place, (short) (buffer.position() - place));
        return this;
    }

    /** The message, numbered {@code sequence}. */
    byte[] encode(int sequence) {
        buffer.putInt(0, buffer.position());
        buffer.putInt(8, sequence);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private void pad() {
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) 0);
        }
    }
}
