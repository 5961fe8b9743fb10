package overlayd.varlink;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What GetInfo says about the program. */
public record Product(String vendor, String product, String version, String url) {
    ObjectNode describe(ArrayNode interfaces) {
        ObjectNode info = Json.object().put("vendor", vendor).put("product", product).put("version", version).put("url", url);
        info.set("interfaces", interfaces);
        return info;
    }
}
