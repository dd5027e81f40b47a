-- SPDX-License-Identifier: Apache-2.0
-- A view, or a minute of a page, that comes twice because the job was started again is one row: ReplacingMergeTree removes the
-- other when it merges, and FINAL leaves it out of a query until then.
CREATE TABLE pageviews
(
    viewtime Int64,
    userid LowCardinality(String),
    pageid LowCardinality(String),
    ts DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree ORDER BY (pageid, ts, viewtime);

CREATE TABLE pageviews_per_minute
(
    window_start DateTime('UTC'),
    pageid LowCardinality(String),
    views UInt64,
    users UInt64
)
ENGINE = ReplacingMergeTree ORDER BY (window_start, pageid);
