-- When each code was first and last seen.
SELECT
    event_type AS code,
    event_code_status(event_type) AS status,
    count(*) AS events,
    min(date_time) AS first_seen,
    max(date_time) AS last_seen
FROM device_events
GROUP BY event_type
ORDER BY first_seen, code
