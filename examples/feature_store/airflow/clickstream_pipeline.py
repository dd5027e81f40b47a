# SPDX-License-Identifier: Apache-2.0
"""Every hour, for Airflow 2 and 3: all that the topic holds is counted again, and the counts must be there.

It reads KAFKA_BROKERS, REDIS_HOST and REDIS_PORT in the environment of the workers, which need `feature_store`, kcat, redis-cli
and Kafka's kafka-topics.sh on their path. PRODUCE_EVENTS and PRODUCE_RATE say how many events are made up each hour, and how many
a second; 0 events where there are real ones.
"""
from datetime import datetime, timedelta

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:
    from airflow.operators.bash import BashOperator

with DAG(
    dag_id="clickstream_pipeline",
    schedule="@hourly",
    start_date=datetime(2025, 6, 10),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=1)},
) as dag:
    create_kafka_topic = BashOperator(
        task_id="create_kafka_topic",
        bash_command=(
            "kafka-topics.sh --bootstrap-server $KAFKA_BROKERS --create --if-not-exists "
            "--topic ${CLICKSTREAM_TOPIC:-clickstream-events} --partitions 3 --replication-factor 1"
        ),
    )
    # Events for a minute, and then it ends: a producer that is left behind is one more each hour.
    start_producer = BashOperator(
        task_id="start_producer",
        bash_command=(
            "set -o pipefail; "
            '[ "${PRODUCE_EVENTS:-3000}" = 0 ] || '
            "feature_store --generate - --rate ${PRODUCE_RATE:-50} --events ${PRODUCE_EVENTS:-3000} --seed $RANDOM | "
            "kcat -P -b $KAFKA_BROKERS -t ${CLICKSTREAM_TOPIC:-clickstream-events}"
        ),
    )
    run_batch = BashOperator(
        task_id="run_batch",
        bash_command=(
            "feature_store --batch --brokers $KAFKA_BROKERS --topic ${CLICKSTREAM_TOPIC:-clickstream-events} "
            "--redis redis://$REDIS_HOST:$REDIS_PORT"
        ),
    )
    # SCAN and not KEYS, which holds the server up for as long as it takes.
    verify_redis = BashOperator(
        task_id="verify_redis",
        bash_command="redis-cli -h $REDIS_HOST -p $REDIS_PORT --scan --pattern 'click_count:*' | grep .",
    )
    create_kafka_topic >> start_producer >> run_batch >> verify_redis
