// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

/**
 * One node of OpenSearch on loopback: {@code opensearch_node DIRECTORY HTTP-PORT TRANSPORT-PORT}. Its own start script
 * wants a distribution, and refuses to run as root; a node needs neither. It ends cleanly on SIGTERM.
 */
final class opensearch_node extends Node {
    private opensearch_node(Environment environment) {
        super(environment, List.of(Netty4Plugin.class), false);
    }

    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.builder()
            .put("path.home", Path.of(arguments[0]).toAbsolutePath().toString())
            .put("cluster.name", "weir")
            .put("node.name", "weir")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.type", "netty4")
            .put("http.port", arguments[1])
            .put("transport.type", "netty4")
            .put("transport.port", arguments[2])
            // A full disk of the machine is not what is tested, and more threads only take memory.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("node.processors", 2)
            // An index whose name begins so never comes into being by itself.
            .put("action.auto_create_index", "-absent*,+*")
            .build();
        Node node = new opensearch_node(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "weir"));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception problem) {
                problem.printStackTrace();
            }
            stopped.countDown();
        }));
        node.start();
        stopped.await();
    }
}
