-- Codes that are not in the catalogue.
SELECT
    event_type AS code,
    count(*) AS events,
    count(DISTINCT device_id) AS devices
FROM device_events
WHERE is_event_code(event_type) IS NOT TRUE AND find_event_code(event_type) IS NOT NULL
GROUP BY event_type
ORDER BY events DESC, code
