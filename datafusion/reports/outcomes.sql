-- What became of the devices of each campaign: the latest deciding event of each device counts, and a
-- device that failed and started again is both failed and retrying. The success rate is the share of the
-- devices that were updated among those that were updated or failed.
WITH outcomes AS (
    SELECT campaign_id, device_outcome(event_type, date_time, status) AS device
    FROM device_events
    WHERE device_id IS NOT NULL
    GROUP BY campaign_id, device_id
),
-- Plain columns: a plan that filters by fields of a struct does not survive the way to an executor.
devices AS (
    SELECT
        campaign_id,
        device['outcome'] AS outcome,
        device['reason'] AS reason,
        CASE WHEN device['retrying'] THEN 1 ELSE 0 END AS retrying,
        CASE WHEN device['uncertain'] THEN 1 ELSE 0 END AS uncertain,
        device['attempts'] AS attempts,
        device['first_seen'] AS first_seen,
        device['last_seen'] AS last_seen
    FROM outcomes
),
reasons AS (
    SELECT campaign_id, reason, count(*) AS devices
    FROM devices
    WHERE outcome = 'failed' AND reason IS NOT NULL
    GROUP BY campaign_id, reason
),
top_reasons AS (
    SELECT campaign_id, first_value(reason ORDER BY devices DESC, reason) AS reason
    FROM reasons
    GROUP BY campaign_id
),
campaigns AS (
    SELECT
        campaign_id,
        count(*) AS devices,
        count(*) FILTER (WHERE outcome = 'updated') AS updated,
        count(*) FILTER (WHERE outcome = 'failed') AS failed,
        sum(retrying) AS retrying,
        count(*) FILTER (WHERE outcome = 'skipped') AS skipped,
        count(*) FILTER (WHERE outcome = 'in-progress') AS in_progress,
        sum(uncertain) AS uncertain,
        sum(attempts) AS attempts,
        min(first_seen) AS first_event,
        max(last_seen) AS last_event
    FROM devices
    -- A device outside every campaign is not on its way to anything.
    WHERE campaign_id IS NOT NULL OR outcome <> 'in-progress'
    GROUP BY campaign_id
)
SELECT
    campaigns.campaign_id,
    devices,
    updated,
    failed,
    retrying,
    skipped,
    in_progress,
    CAST(updated AS DOUBLE) / nullif(updated + failed, 0) AS success_rate,
    attempts,
    first_event,
    last_event,
    uncertain,
    top_reasons.reason AS top_reason
FROM campaigns
LEFT JOIN top_reasons ON campaigns.campaign_id IS NOT DISTINCT FROM top_reasons.campaign_id
ORDER BY devices DESC, campaigns.campaign_id
