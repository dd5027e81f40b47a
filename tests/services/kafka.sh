# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # the variables come from services.sh and common.sh
#
# Apache Kafka: one node that is broker and controller, from the published jars.

kafka_release=${WEIR_KAFKA_VERSION:-4.3.1}
kafka_cache=$cache_dir/kafka-$kafka_release
kafka_java_version=17

# One short-lived broker on a loaded machine: the first compiler and the plain collector halve the time to start.
kafka_jvm=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.showDateTime=true
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS")

kafka_install() {
    have kcat || install_packages kafka kcat
    need_java kafka "$kafka_java_version" "$kafka_cache"
    cached "$kafka_cache" kafka_download
}

# slf4j-simple writes to standard error, which is our log; Kafka's own binding wants a configuration file.
kafka_download() {
    maven_jars kafka "$kafka_release" "$kafka_cache" -DexcludeArtifactIds=slf4j-reload4j <<DEPENDENCIES
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_release</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$kafka_release</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version>
    </dependency>
DEPENDENCIES
}

kafka_java() { "$(find_java "$kafka_java_version")" "${kafka_jvm[@]}" -cp "$kafka_cache/jars/*" "$@"; }

kafka_configure() {
    local directory=$1 port controller cluster
    reserve_port "$directory/broker.port"
    reserve_port "$directory/controller.port"
    port=$(port_of kafka broker)
    controller=$(port_of kafka controller)
    # No topic comes into being by a typing mistake. A broker that was killed is let in again only when its session
    # has run out: 3 s instead of 9. The other times too are so that a test need not wait for what a server may.
    cat >"$directory/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
log.dirs=$directory/data
auto.create.topics.enable=false
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=250
num.network.threads=2
num.io.threads=4
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.backoff.ms=500
log.cleaner.dedupe.buffer.size=8388608
log.retention.check.interval.ms=1000
PROPERTIES
    # 22 characters of base64 are a Kafka id; the last one may carry two bits only.
    cluster=weir$(od -An -N9 -tx1 /dev/urandom | tr -d ' \n' | head -c 17)A
    kafka_java kafka.tools.StorageTool format -t "$cluster" -c "$directory/server.properties" \
        >"$directory/format.log" 2>&1 || die "kafka: could not format its storage (see $directory/format.log)"
}

kafka_launch() {
    launch kafka "$(find_java "$kafka_java_version")" -Xmx512m "${kafka_jvm[@]}" -cp "$kafka_cache/jars/*" \
        kafka.Kafka "$1/server.properties"
}

kafka_answers() { kcat -b "$(kafka_endpoint)" -L -m 2 | grep -q 'broker 1 at'; }

kafka_prepare() { :; }

kafka_endpoint() { echo "127.0.0.1:$(port_of kafka broker)"; }

kafka_version() { echo "Kafka $kafka_release"; }

kafka_exports() { echo "export WEIR_TEST_KAFKA=$(kafka_endpoint)"; }

# kafka_topic NAME PARTITIONS [KEY=VALUE...]
kafka_topic() {
    local topic=$1 partitions=$2 setting settings=()
    shift 2
    is_running kafka || die "kafka is not running"
    for setting in "$@"; do
        settings+=(--config "$setting")
    done
    kafka_topics --bootstrap-server "$(kafka_endpoint)" --create --topic "$topic" --partitions "$partitions" \
        ${settings[@]+"${settings[@]}"}
}

# What a Kafka installation has as kafka-topics.sh.
kafka_topics() { kafka_java -Dorg.slf4j.simpleLogger.defaultLogLevel=error org.apache.kafka.tools.TopicCommand "$@"; }
