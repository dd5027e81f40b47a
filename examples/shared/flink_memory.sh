#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How much memory a Flink cluster has before it is given any job: one JobManager and one TaskManager of the sizes that Flink's
# own configuration file gives them (1600 and 1728 MB). Needs Java, curl and Maven, and fetches 60 MB of jars.
#
#   examples/shared/flink_memory.sh [VERSION]
set -euo pipefail

version=${1:-1.17.2}
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-flink.XXXXXX")
own=()
finish() {
  for pid in ${own[@]+"${own[@]}"}; do
    kill "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
stop() {
  printf 'flink_memory.sh: %s\n' "$*" >&2
  exit 1
}
cd "$work"

cat > pom.xml <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>weir</groupId><artifactId>flink-to-measure</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.flink</groupId><artifactId>flink-clients</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
POM
mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DincludeScope=runtime \
  -DoutputDirectory=jars > mvn.log 2>&1 || stop "maven cannot fetch Flink $version: $(grep -m 1 ERROR mvn.log)"

port=$((20000 + RANDOM % 12000))
mkdir conf
cat > conf/flink-conf.yaml <<CONFIGURATION
jobmanager.rpc.address: 127.0.0.1
jobmanager.rpc.port: $((port + 1))
jobmanager.bind-host: 127.0.0.1
jobmanager.memory.process.size: 1600m
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1
rest.address: 127.0.0.1
rest.port: $port
CONFIGURATION
opened=(--add-exports java.base/sun.net.util=ALL-UNNAMED)
for package in lang net util util.concurrent; do opened+=(--add-opens "java.base/java.$package=ALL-UNNAMED"); done

# The sizes of the JVMs are those that Flink's scripts work out of 1600m and 1728m.
java "${opened[@]}" -Xms1024m -Xmx1024m -XX:MaxMetaspaceSize=256m -cp 'jars/*' \
  org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint --configDir conf > jobmanager.log 2>&1 &
own+=($!)
java "${opened[@]}" -Xms512m -Xmx512m -XX:MaxDirectMemorySize=256m -XX:MaxMetaspaceSize=256m -cp 'jars/*' \
  org.apache.flink.runtime.taskexecutor.TaskManagerRunner --configDir conf -D taskmanager.cpu.cores=1.0 \
  -D taskmanager.numberOfTaskSlots=1 -D external-resources=none -D taskmanager.memory.framework.heap.size=128m \
  -D taskmanager.memory.framework.off-heap.size=128m -D taskmanager.memory.task.heap.size=384m \
  -D taskmanager.memory.task.off-heap.size=0m -D taskmanager.memory.managed.size=512m \
  -D taskmanager.memory.network.min=128m -D taskmanager.memory.network.max=128m \
  -D taskmanager.memory.jvm-metaspace.size=256m -D taskmanager.memory.jvm-overhead.min=192m \
  -D taskmanager.memory.jvm-overhead.max=192m > taskmanager.log 2>&1 &
own+=($!)

for ((tries = 0; tries < 60; tries++)); do
  curl --silent --noproxy '*' "http://127.0.0.1:$port/overview" 2> /dev/null | grep -q '"taskmanagers":1' && break
  sleep 0.5
done
((tries < 60)) || stop "the cluster does not come up: $(grep -h -m 1 "Caused by" jobmanager.log taskmanager.log)"
sleep 5
peak() { awk '$1 == "VmHWM:" { printf "%.0f MiB\n", $2 / 1024 }' "/proc/$1/status"; }
printf 'Flink %s, without a job: JobManager %s, TaskManager %s\n' "$version" "$(peak "${own[0]}")" "$(peak "${own[1]}")"
