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
-- By reason first, so that the most frequent one is found without asking for the devices twice.
reasons AS (
    SELECT
        campaign_id,
        CASE WHEN outcome = 'failed' THEN reason END AS reason,
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
    GROUP BY campaign_id, CASE WHEN outcome = 'failed' THEN reason END
)
SELECT
    campaign_id,
    sum(devices) AS devices,
    sum(updated) AS updated,
    sum(failed) AS failed,
    sum(retrying) AS retrying,
    sum(skipped) AS skipped,
    sum(in_progress) AS in_progress,
    CAST(sum(updated) AS DOUBLE) / nullif(sum(updated) + sum(failed), 0) AS success_rate,
    sum(attempts) AS attempts,
    min(first_event) AS first_event,
    max(last_event) AS last_event,
    sum(uncertain) AS uncertain,
    first_value(reason ORDER BY failed DESC, reason) FILTER (WHERE reason IS NOT NULL) AS top_reason
FROM reasons
GROUP BY campaign_id
ORDER BY devices DESC, campaign_id
