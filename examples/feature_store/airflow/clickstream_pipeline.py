# SPDX-License-Identifier: Apache-2.0
"""The batch every hour, for Airflow 2 and 3: all that the topic holds is counted again, and the counts must be there.

It reads KAFKA_BROKERS, REDIS_HOST and REDIS_PORT in the environment of the workers, where `feature_store` and redis-cli must be
on the path. The topic and the events are not its business: a scheduler that makes up events is one for a demonstration.
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
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=1)},
) as dag:
    run_batch = BashOperator(
        task_id="run_batch",
        bash_command="feature_store --batch --brokers $KAFKA_BROKERS --redis redis://$REDIS_HOST:$REDIS_PORT",
    )
    # SCAN and not KEYS, which holds the server up for as long as it takes.
    verify_redis = BashOperator(
        task_id="verify_redis",
        bash_command="redis-cli -h $REDIS_HOST -p $REDIS_PORT --scan --pattern 'click_count:*' | grep -q .",
    )
    run_batch >> verify_redis
