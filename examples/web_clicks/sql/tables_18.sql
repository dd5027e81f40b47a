-- SPDX-License-Identifier: Apache-2.0
-- The tables for ClickHouse 18.16, which has no time below the second, no TTL, no bloom filter for texts and no LowCardinality:
-- the rest is as in tables.sql.

CREATE DATABASE IF NOT EXISTS rt;

-- All clicks that can be read, those too late for their minute as well.
CREATE TABLE IF NOT EXISTS rt.clicks_raw
(
    event_id String,
    user_id String,
    ts DateTime,
    page String,
    referrer String,
    country String,
    device String,
    created_at DateTime DEFAULT now()
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (ts, user_id, event_id);

-- The job writes it and nobody else. Rows of the same minute, page and country are not added up, the one with the most clicks
-- stays: a batch may be sent twice, and when the job is started again a minute may be counted from a part of its clicks only.
CREATE TABLE IF NOT EXISTS rt.page_minute_agg
(
    window_start DateTime,
    window_end DateTime,
    page String,
    country String,
    cnt UInt64,
    unique_users UInt64,
    z_score Nullable(Float64),
    is_anomaly UInt8,
    created_at DateTime DEFAULT now()
)
ENGINE = ReplacingMergeTree(cnt)
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, page, country);

-- Those of its rows whose count stands out.
CREATE TABLE IF NOT EXISTS rt.page_minute_anomalies AS rt.page_minute_agg
ENGINE = ReplacingMergeTree(cnt)
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, page, country);

-- Longer spans are made of the clicks, not of the minutes: distinct users do not add up, the states of uniq do.
CREATE TABLE IF NOT EXISTS rt.page_5min_agg
(
    window_start DateTime,
    page String,
    cnt AggregateFunction(count),
    unique_users AggregateFunction(uniq, String),
    unique_countries AggregateFunction(uniq, String)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, page);

CREATE MATERIALIZED VIEW IF NOT EXISTS rt.page_5min_mv TO rt.page_5min_agg AS
SELECT
    toStartOfFiveMinute(ts) AS window_start,
    page,
    countState() AS cnt,
    uniqState(user_id) AS unique_users,
    uniqState(country) AS unique_countries
FROM rt.clicks_raw
GROUP BY window_start, page;

CREATE TABLE IF NOT EXISTS rt.page_hourly_agg
(
    window_start DateTime,
    page String,
    country String,
    device String,
    cnt AggregateFunction(count),
    unique_users AggregateFunction(uniq, String)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, page, country, device);

CREATE MATERIALIZED VIEW IF NOT EXISTS rt.page_hourly_mv TO rt.page_hourly_agg AS
SELECT
    toStartOfHour(ts) AS window_start,
    page,
    country,
    device,
    countState() AS cnt,
    uniqState(user_id) AS unique_users
FROM rt.clicks_raw
GROUP BY window_start, page, country, device;

-- How the two are read.
CREATE VIEW IF NOT EXISTS rt.page_5min AS
SELECT
    window_start,
    window_start + INTERVAL 5 MINUTE AS window_end,
    page,
    countMerge(agg.cnt) AS cnt,
    uniqMerge(agg.unique_users) AS unique_users,
    uniqMerge(agg.unique_countries) AS unique_countries
FROM rt.page_5min_agg AS agg
GROUP BY window_start, page;

CREATE VIEW IF NOT EXISTS rt.page_hourly AS
SELECT
    window_start,
    window_start + INTERVAL 1 HOUR AS window_end,
    page,
    country,
    device,
    countMerge(agg.cnt) AS cnt,
    uniqMerge(agg.unique_users) AS unique_users
FROM rt.page_hourly_agg AS agg
GROUP BY window_start, page, country, device;

CREATE VIEW IF NOT EXISTS rt.recent_activity AS
SELECT
    page,
    country,
    device,
    count() AS total_clicks,
    uniqExact(user_id) AS unique_users,
    max(ts) AS last_seen
FROM rt.clicks_raw
WHERE ts >= now() - INTERVAL 24 HOUR
GROUP BY page, country, device
ORDER BY total_clicks DESC;
