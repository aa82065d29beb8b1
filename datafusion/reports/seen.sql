-- When each code was first and last seen.
SELECT
    event_type AS code,
    event_code_status(event_type) AS status,
    count(*) AS events,
    min(date_time) AS first_seen,
    max(date_time) AS last_seen
FROM device_events
WHERE find_event_code(event_type) IS NOT NULL
GROUP BY event_type
ORDER BY first_seen, code
