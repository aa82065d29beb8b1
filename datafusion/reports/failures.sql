-- Why updates failed, most frequent first, and what to do about it. The roll-up SYS_111 repeats
-- what another event of the same device has already said, so it is left out.
SELECT
    event_type AS code,
    count(*) AS events,
    count(DISTINCT device_id) AS devices,
    event_code_portal_text(event_type) AS portal_text,
    event_code_corrective_action(event_type) AS corrective_action
FROM device_events
WHERE event_code_status(event_type) = 'fail' AND event_type <> 'SYS_111'
GROUP BY event_type
ORDER BY events DESC, code
