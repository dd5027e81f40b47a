#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The published streaming query on Spark itself: how much memory it takes, and whether it finds what the oracle says of it. No test
# runs this: it needs Java 17, Maven and pip, and fetches 320 MB.
#
#   examples/feature_store/spark.sh --real [VERSION OF SPARK]
set -euo pipefail

version=3.5.3
if [[ ${*: -1} =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  version=${*: -1}
  set -- "${@:1:$#-1}"
fi
# shellcheck source=SCRIPTDIR/../../cmake/shell/example.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/shell/example.sh"
begin_example 20000 "$@"
need_servers kafka
cd "$work"
mkdir expected found
sizes=(2000 "$events")

cache=${XDG_CACHE_HOME:-$HOME/.cache}/weir/spark-$version
if [ ! -f "$cache/.complete" ]; then
  rm -rf "$cache"
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet "pyspark==$version" > pip.log 2>&1 || stop "pip cannot install pyspark: $(tail -n 1 pip.log)"
  cat > pom.xml <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>weir</groupId><artifactId>spark-to-measure</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.spark</groupId><artifactId>spark-sql-kafka-0-10_2.12</artifactId><version>$version</version>
    </dependency>
  </dependencies>
</project>
POM
  mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DincludeScope=compile \
    -DincludeArtifactIds=spark-sql-kafka-0-10_2.12,spark-token-provider-kafka-0-10_2.12,kafka-clients,commons-pool2 \
    -DoutputDirectory="$cache/jars" > mvn.log 2>&1 || stop "maven cannot fetch Spark's Kafka source: $(grep -m 1 ERROR mvn.log)"
  touch "$cache/.complete"
fi

"$program" --generate input.ndjson --events "$events" --seed "$seed"
python3 "$here/oracle.py" input.ndjson expected "${sizes[@]}"
topic=$(fresh_name clickstream-events)
make_topic "$topic" 1
produce_lines input.ndjson "$topic"

# Spark's own settings, but for the zone of times and a number of partitions that fits one machine. A page that is missing would be
# the page `None`; here such an event cannot be read.
cat > job.py <<'PYTHON'
import json
import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, from_json, window

brokers, topic, size, jars, output = sys.argv[1:]
spark = (SparkSession.builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", 2)
         .config("spark.ui.enabled", False).config("spark.jars", ",".join(map(str, Path(jars).glob("*.jar")))).getOrCreate())
views = (spark.readStream.format("kafka").option("kafka.bootstrap.servers", brokers).option("subscribe", topic)
         .option("startingOffsets", "earliest").option("maxOffsetsPerTrigger", size).load()
         .select(from_json(col("value").cast("string"), "timestamp string, page string").alias("data"))
         .selectExpr("to_timestamp(data.timestamp) AS event_time", "data.page").where("page IS NOT NULL"))
counts = (views.withWatermark("event_time", "5 seconds").groupBy(window("event_time", "1 minute"), "page").count()
          .selectExpr("page", "window.end AS window_end", "count"))
rows = {}


def write(batch, _):
    rows.update({(json.dumps(row["page"]), row["window_end"].isoformat()): row["count"] for row in batch.collect()})


(counts.writeStream.outputMode("update").foreachBatch(write).option("checkpointLocation", f"checkpoint-{size}")
 .trigger(availableNow=True).start().awaitTermination())
Path(output).write_text("".join(f"{page}\t{end}\t{count}\n" for (page, end), count in rows.items()), encoding="utf-8")
for name, process in (("the driver's Python", os.getpid()), ("its JVM", spark.sparkContext._gateway.proc.pid)):
    peak = next(line.split()[1] for line in open(f"/proc/{process}/status") if line.startswith("VmHWM:"))
    print(f"{name}: at most {int(peak) // 1024} MiB")
PYTHON
compared=()
for size in "${sizes[@]}"; do
  say "Spark $version, $size lines a micro-batch"
  TZ=UTC "$cache/bin/python" job.py "$WEIR_TEST_KAFKA" "$topic" "$size" "$cache/jars" "found/$size.tsv" 2> spark.log \
    || stop "Spark failed: $(tail -n 3 spark.log)"
  compared+=("with $size lines a micro-batch" "expected/spark-$size.tsv" "found/$size.tsv")
done
verdict "${compared[@]}"
