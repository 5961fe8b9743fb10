package overlayd.kernel.jna;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import overlayd.kernel.RawText;

/**
 * One netlink message that came. Pure.
 *
 * @param body what follows the header
 */
record NetlinkReply(int type, int flags, int sequence, byte[] body) {
    /** The messages in one datagram; what is cut off at the end is left out. */
    static List<NetlinkReply> split(byte[] datagram) {
        List<NetlinkReply> replies = new ArrayList<>();
        ByteBuffer in = ordered(datagram);
        for (int at = 0; at + Abi.nlmsghdr_size <= datagram.length; ) {
            int length = in.getInt(at);
            if (length < Abi.nlmsghdr_size || at + length > datagram.length) {
                break;
            }
            byte[] body = new byte[length - Abi.nlmsghdr_size];
            in.position(at + Abi.nlmsghdr_size).get(body);
            replies.add(new NetlinkReply(Short.toUnsignedInt(in.getShort(at + 4)), Short.toUnsignedInt(in.getShort(at + 6)),
                    in.getInt(at + 8), body));
            at += length + 3 & ~3;
        }
        return replies;
    }

    /** An int of the fixed part. */
    int fixedInt(int offset) {
        return ordered(body).getInt(offset);
    }

    /** An unsigned byte of the fixed part. */
    int fixedByte(int offset) {
        return Byte.toUnsignedInt(body[offset]);
    }

    /** The attributes behind a fixed part of {@code offset} bytes, by number without the flag bits. */
    Map<Integer, byte[]> attributes(int offset) {
        return attributes(body, offset);
    }

    static Map<Integer, byte[]> attributes(byte[] bytes, int offset) {
        Map<Integer, byte[]> attributes = new HashMap<>();
        ByteBuffer in = ordered(bytes);
        for (int at = offset; at + 4 <= bytes.length; ) {
            int length = Short.toUnsignedInt(in.getShort(at));
            if (length < 4 || at + length > bytes.length) {
                break;
            }
            byte[] value = new byte[length - 4];
            in.position(at + 4).get(value);
            attributes.put(Short.toUnsignedInt(in.getShort(at + 2)) & 0x3FFF, value);
            at += length + 3 & ~3;
        }
        return attributes;
    }

    /** Every attribute of one number, in order: a list. */
    static List<byte[]> all(byte[] bytes, int number) {
        List<byte[]> values = new ArrayList<>();
        ByteBuffer in = ordered(bytes);
        for (int at = 0; at + 4 <= bytes.length; ) {
            int length = Short.toUnsignedInt(in.getShort(at));
            if (length < 4 || at + length > bytes.length) {
                break;
            }
            if ((Short.toUnsignedInt(in.getShort(at + 2)) & 0x3FFF) == number) {
                values.add(java.util.Arrays.copyOfRange(bytes, at + 4, at + length));
            }
            at += length + 3 & ~3;
        }
        return values;
    }

    /** A NUL-terminated string, or "" when the attribute is absent. */
    static String text(byte[] value) {
        if (value == null) {
            return "";
        }
        int end = 0;
        while (end < value.length && value[end] != 0) {
            end++;
        }
        return RawText.decode(value, 0, end);
    }

    /** A 32-bit number. */
    static int number(byte[] value) {
        return ordered(value).getInt(0);
    }

    /** A 64-bit number at {@code offset}. */
    static long longNumber(byte[] value, int offset) {
        return ordered(value).getLong(offset);
    }

    /** Whether this is an error or acknowledgement. */
    boolean isAnswer() {
        return type == Abi.NLMSG_ERROR;
    }

    /** Errno of an error message, 0 of an acknowledgement. */
    int errno() {
        return -fixedInt(0);
    }

    /** The kernel's sentence (extended acknowledgement), or "". The request's header, or all of it, comes before. */
    String sentence() {
        if ((flags & Abi.NLM_F_ACK_TLVS) == 0) {
            return "";
        }
        int echoed = (flags & Abi.NLM_F_CAPPED) != 0 || errno() == 0 ? Abi.nlmsghdr_size : fixedInt(4) + 3 & ~3;
        return text(attributes(4 + echoed).get(Abi.NLMSGERR_ATTR_MSG));
    }

    private static ByteBuffer ordered(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
