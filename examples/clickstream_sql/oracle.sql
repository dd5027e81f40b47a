-- SPDX-License-Identifier: Apache-2.0
-- What the nine streams and tables must hold when all input has been read, in SQL over the whole input; and of each table its
-- changes: the rows that go on when one in each two seconds of stream time does (ksqlDB's commit interval), no tombstones.
-- Times are in milliseconds. Tables: clickstream(ts, ip, userid, request, status, bytes, stream_time), where stream_time is the
-- greatest ts up to there; codes(code, definition), users(user_id, username, city); seen(n): 0, 1, 2, ...

create view user_clickstream as
  select ts, userid, username, ip, city, request, status, bytes from clickstream left join users on userid = user_id;

create view enriched_error_codes as
  select ts, code, definition from clickstream left join codes on status = code;

-- A window takes nothing when it began 24 hours before: ksqlDB's grace. No click comes between that and its own time.
create view in_time as select * from clickstream where ts + 86400000 > stream_time;

create view events_per_min as
  select ts / 60000 * 60000 as event_ts, userid, count(*) as events from in_time group by 1, 2;
create view events_per_min_changes as
  select distinct ts / 60000 * 60000, userid, count(*) over (partition by ts / 60000, userid order by ts / 2000) from in_time;

-- Twelve windows contain each click; none begins before the epoch.
create view pages as
  select ts, ts / 5000 * 5000 - n * 5000 as event_ts, userid
  from in_time join seen on n < 12 where request glob '*html*' and event_ts >= 0;
create view pages_per_min as select event_ts, userid, count(*) as pages from pages group by 1, 2;
create view pages_per_min_changes as
  select distinct event_ts, userid, count(*) over (partition by event_ts, userid order by ts / 2000) from pages;

create view errors_5 as
  select ts, ts / 5000 * 5000 - n * 5000 as event_ts, status
  from in_time join seen on n < 12 where status > 400 and event_ts >= 0;
create view errors_per_min as select event_ts, status, count(*) as errors from errors_5 group by 1, 2;
create view errors_per_min_changes as
  select distinct event_ts, status, count(*) over (partition by event_ts, status order by ts / 2000) from errors_5;

create view errors_20 as
  select ts, ts / 20000 * 20000 - n * 20000 as event_ts, status
  from in_time join seen on n < 3 where status > 400 and event_ts >= 0;
create view errors_per_min_alert as
  select event_ts, status, count(*) as errors from errors_20 group by 1, 2 having count(*) > 5;
create view errors_per_min_alert_changes as
  with counted as (
    select distinct event_ts, status, count(*) over (partition by event_ts, status order by ts / 2000) as errors from errors_20)
  select * from counted where errors > 5;

create view enriched_error_codes_count as
  select ts / 30000 * 30000 as event_ts, code, definition, count(*) as count
  from enriched_error_codes where code is not null and definition is not null group by 1, 2, 3 having count(*) > 1;
create view enriched_error_codes_count_changes as
  with counted as (
    select distinct ts / 30000 * 30000, code, definition,
      count(*) over (partition by ts / 30000, code, definition order by ts / 2000) as count
    from enriched_error_codes where code is not null and definition is not null)
  select * from counted where count > 1;

create view user_ip_activity as
  select ts / 60000 * 60000 as event_ts, username, ip, city, count(*) as count
  from user_clickstream where username is not null and ip is not null and city is not null group by 1, 2, 3, 4
  having count(*) > 1;
create view user_ip_activity_changes as
  with counted as (
    select distinct ts / 60000 * 60000, username, ip, city,
      count(*) over (partition by ts / 60000, username, ip, city order by ts / 2000) as count
    from user_clickstream where username is not null and ip is not null and city is not null)
  select * from counted where count > 1;

-- A click begins a session if none of the same name came in the 30 s before it; the window ends with the last click.
create view sessions as
  with marked as (
    select ts, username, ts - lag(ts, 1, -30001) over (partition by username order by ts) > 30000 as begins
    from user_clickstream where username is not null)
  select ts, username, sum(begins) over (partition by username order by ts, begins desc) as number from marked;
create view click_user_sessions as
  select max(ts) as event_ts, username, count(*) as events from sessions group by username, number;
create view click_user_sessions_changes as
  select distinct max(ts) over so_far, username, count(*) over so_far from sessions
  window so_far as (partition by username, number order by ts / 2000);
