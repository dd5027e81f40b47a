-- SPDX-License-Identifier: Apache-2.0
-- What the nine streams and tables must hold when all input has been read, in SQL over the whole input. Times are in
-- milliseconds. Tables: clickstream(ts, ip, userid, request, status, bytes), codes(code, definition),
-- users(user_id, username, city); seen(n): 0, 1, 2, ...

create view user_clickstream as
  select ts, userid, username, ip, city, request, status, bytes from clickstream left join users on userid = user_id;

create view enriched_error_codes as
  select ts, code, definition from clickstream left join codes on status = code;

create view events_per_min as
  select ts / 60000 * 60000 as event_ts, userid, count(*) as events from clickstream group by 1, 2;

-- Twelve windows contain each click; none begins before the epoch.
create view pages_per_min as
  select ts / 5000 * 5000 - n * 5000 as event_ts, userid, count(*) as pages
  from clickstream join seen on n < 12 where request glob '*html*' group by 1, 2 having event_ts >= 0;

-- A click begins a session if none of the same name came in the 30 s before it; the window ends with the last click.
create view click_user_sessions as
  with marked as (
    select ts, username, ts - lag(ts, 1, -30001) over (partition by username order by ts) > 30000 as begins
    from user_clickstream where username is not null),
  numbered as (select ts, username, sum(begins) over (partition by username order by ts, begins desc) as number from marked)
  select max(ts) as event_ts, username, count(*) as events from numbered group by username, number;

create view errors_per_min as
  select ts / 5000 * 5000 - n * 5000 as event_ts, status, count(*) as errors
  from clickstream join seen on n < 12 where status > 400 group by 1, 2 having event_ts >= 0;

create view errors_per_min_alert as
  select ts / 20000 * 20000 - n * 20000 as event_ts, status, count(*) as errors
  from clickstream join seen on n < 3 where status > 400 group by 1, 2 having event_ts >= 0 and count(*) > 5;

create view enriched_error_codes_count as
  select ts / 30000 * 30000 as event_ts, code, definition, count(*) as count
  from enriched_error_codes where code is not null and definition is not null group by 1, 2, 3 having count(*) > 1;

create view user_ip_activity as
  select ts / 60000 * 60000 as event_ts, username, ip, city, count(*) as count
  from user_clickstream where username is not null and ip is not null and city is not null group by 1, 2, 3, 4
  having count(*) > 1;
