-- One row per key: a series (port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit, whole) and a period.
-- needs: current_observation
--
-- Several articles often state one key. The row shown is the statement published last, then
-- the one with the narrower interval, then the value that more publishers state, then the
-- smaller observation_id. The others are not lost: `statements`, `lowest` and `highest` say
-- that they exist, and current_observation has them.
create or replace view latest as
with supported as (
    select
        *,
        count(distinct publisher) over (
            partition by
                port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                whole, period_start, period_end, value
        ) as supporters
    from current_observation
),
ranked as (
    select
        *,
        row_number() over (
            same_key
            order by
                published_on desc nulls last,
                high - low asc nulls last,
                supporters desc,
                observation_id asc
        ) as place,
        count(*) over (same_key) as statements,
        count(distinct publisher) over (same_key) as publishers,
        min(value) over (same_key) as lowest,
        max(value) over (same_key) as highest
    from supported
    window
        same_key as (
            partition by
                port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                whole, period_start, period_end
        )
),
final as (
    select * exclude (supporters, place)
    from ranked
    where place = 1
)
select * from final;
