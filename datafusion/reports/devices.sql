-- How many devices failed. A failed device sends its reason, and the service adds the roll-up
-- SYS_111: the two rows count the same devices, so they must not be added up. More
-- devices with the roll-up than with a reason: some reasons are not in the catalogue (uncatalogued.sql).
SELECT
    CASE event_type WHEN 'SYS_111' THEN 'roll-up' ELSE 'reason' END AS kind,
    count(DISTINCT device_id) AS devices,
    count(*) AS events
FROM device_events
WHERE event_code_status(event_type) = 'fail'
GROUP BY kind
ORDER BY kind
