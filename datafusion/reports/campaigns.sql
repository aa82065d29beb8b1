-- Why updates failed in each campaign, without the roll-up SYS_111.
SELECT
    campaign_id,
    event_type AS code,
    count(*) AS events,
    count(DISTINCT device_id) AS devices,
    event_code_corrective_action(event_type) AS corrective_action
FROM device_events
WHERE event_code_status(event_type) = 'fail' AND event_type <> 'SYS_111'
GROUP BY campaign_id, event_type
ORDER BY campaign_id, events DESC, code
