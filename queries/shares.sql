-- One row per stated share: the part, the whole that it implies, and the whole that the book has.
-- needs: latest, level_link
--
-- 1,835 trains that are 20 % imply a whole of 9,175. The whole is the place that the words
-- name. Where they name none, it is the place's own total, if the part is narrower than that
-- (goods, people or a partner). A whole that is the part's own place counts all goods and
-- partners; another place's whole counts the same ones as the part. Two publishers that state
-- one share are two rows. Stated values are exact decimals, computed ones double.
create or replace view shares as
with share as (
    select
        *,
        case
            when whole is not null then whole
            when breakdown is not null or partner is not null or scope <> 'port' then port
        end as whole_port
    from current_observation
    where measure = 'share_pct' and unit = '%'
),
with_part as (
    select
        s.*,
        k.link,
        p.observation_id as part_observation_id,
        p.measure as part_measure,
        p.value as part,
        p.low as part_low,
        p.high as part_high,
        p.unit as part_unit
    from share as s
    left join level_link as k on s.observation_id = k.observation_id
    left join current_observation as p on k.level_observation_id = p.observation_id
),
whole as (
    select
        s.observation_id,
        w.observation_id as whole_observation_id,
        w.value as whole_level,
        w.low as whole_low,
        w.high as whole_high
    from with_part as s
    inner join latest as w
        on
            s.whole_port = w.port
            and s.metric = w.metric
            and s.part_measure = w.measure
            and s.part_unit = w.unit
            and s.nature = w.nature
            and s.period_end = w.period_end
            and s.period_start is not distinct from w.period_start
            and s.direction is not distinct from w.direction
            and s.mode is not distinct from w.mode
            and s.service is not distinct from w.service
            and w.partner is not distinct from (case when s.whole_port <> s.port then s.partner end)
            and w.breakdown is not distinct from (case when s.whole_port <> s.port then s.breakdown end)
    where
        w.scope = 'port'
        and w.whole is null
        -- A place's own total is no whole of the same total.
        and (
            s.whole_port <> s.port
            or s.partner is not null
            or s.breakdown is not null
            or s.scope <> 'port'
        )
),
computed as (
    select
        s.*,
        w.whole_observation_id,
        w.whole_level,
        w.whole_low,
        w.whole_high,
        case when s.value > 0 then 100 * cast(s.part as double) / cast(s.value as double) end as implied_whole,
        case
            when s.high > 0 then 100 * cast(s.part_low as double) / cast(s.high as double)
        end as implied_whole_low,
        case
            when s.low > 0 then 100 * cast(s.part_high as double) / cast(s.low as double)
        end as implied_whole_high,
        100 * cast(s.part as double) / nullif(cast(w.whole_level as double), 0) as computed_share,
        case
            when w.whole_high > 0 then 100 * cast(s.part_low as double) / cast(w.whole_high as double)
        end as computed_low,
        case
            when w.whole_low > 0 then 100 * cast(s.part_high as double) / cast(w.whole_low as double)
        end as computed_high
    from with_part as s
    left join whole as w on s.observation_id = w.observation_id
),
final as (
    select
        port,
        metric,
        period_start,
        period_end,
        value as share,
        whole_port,
        part,
        part_unit,
        implied_whole,
        implied_whole_low,
        implied_whole_high,
        whole_level,
        computed_share,
        computed_low,
        computed_high,
        case
            when whole_level is not null
                then not (
                    coalesce(low > computed_high + 1e-9 * (1 + abs(computed_high)), false)
                    or coalesce(high < computed_low - 1e-9 * (1 + abs(computed_low)), false)
                )
        end as agrees,
        low as share_low,
        high as share_high,
        part_low,
        part_high,
        whole_low,
        whole_high,
        part_measure,
        link,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        nature,
        published_on,
        publisher,
        observation_id,
        part_observation_id,
        whole_observation_id
    from computed
)
select * from final;
