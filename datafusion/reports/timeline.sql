-- Events by hour and status. The row without an hour has the events whose date_time is no time.
SELECT
    date_trunc('hour', date_time) AS hour,
    count(*) FILTER (WHERE event_code_status(event_type) = 'success') AS success,
    count(*) FILTER (WHERE event_code_status(event_type) = 'fail') AS fail,
    count(*) FILTER (WHERE event_code_status(event_type) = 'info') AS info,
    count(*) FILTER (WHERE event_code_status(event_type) = 'skipped') AS skipped,
    count(*) FILTER (WHERE is_event_code(event_type) IS NOT TRUE) AS uncatalogued
FROM device_events
WHERE find_event_code(event_type) IS NOT NULL
GROUP BY hour
ORDER BY hour
