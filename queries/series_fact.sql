-- One row per claim that bounds a monthly series: its rule, its interval, and all observations that make it.
-- needs: current_observation, level_link, milestones, shares
--
-- A series is a place's counts by metric, unit, partner, scope, direction, mode, service, breakdown and
-- nature; two that differ in any of these are two series. Totals and means bound a sum of days, a greatest
-- day bounds each day, growth ties the days to those of the base, a share and its whole bound the part (and
-- a share and its part the whole), a milestone with a lead says what the year before had by a day. Of one
-- publisher the newest word on a key counts; what another says stays a claim of its own. The year before
-- of growth that words tie to a level is that of the level, whose series it is. Means and greatest days
-- of a single day are present rates and bound nothing. Means are cut off at their last digit.
create or replace view series_fact as
with stated as (
    select
        o.*,
        m.unit as metric_unit,
        f.extractor like 'table-%' as is_official
    from current_observation as o
    inner join metric as m on o.metric = m.metric
    inner join figure as f on o.figure_id = f.figure_id
    where m.flow = 'flow' and o.scope <> 'shipment' and o.whole is null and o.period_end is not null
),
summed as (
    select
        port, metric, unit, partner, scope, direction, mode, service, breakdown, nature,
        measure,
        cast(null as varchar) as of_measure,
        period_start,
        period_end,
        cast(null as date) as base_start,
        cast(null as date) as base_end,
        value,
        case
            when measure not like '%_mean' or low < high or low is null or high is null then low
            when value = round(value) then greatest(low - 1, 0)
            when value = round(value, 1) then greatest(low - 0.1, 0)
            else greatest(low - 0.01, 0)
        end as low,
        case
            when measure not like '%_mean' or low < high or low is null or high is null then high
            when value = round(value) then high + 1
            when value = round(value, 1) then high + 0.1
            else high + 0.01
        end as high,
        [observation_id] as observation_ids,
        published_on,
        coalesce(publisher, article_id) as publisher,
        is_official,
        confidence
    from stated
    where
        case measure
            when 'total' then nature in ('actual', 'plan')
            when 'daily_mean' then nature in ('actual', 'plan') and period_start < period_end
            when 'weekly_mean' then nature in ('actual', 'plan') and period_start < period_end
            when 'monthly_mean'
                then
                    nature in ('actual', 'plan')
                    and day(period_start) = 1
                    and period_end = last_day(period_end)
            when 'daily_max' then nature = 'actual' and period_start < period_end
            else false
        end
),
changed as (
    select
        s.*,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.unit as level_unit
    from stated as s
    left join level_link as k on s.observation_id = k.observation_id and k.role = 'level'
    left join current_observation as l on k.level_observation_id = l.observation_id
    where s.measure in ('yoy_pct', 'yoy_abs', 'mom_pct') and s.nature = 'actual' and s.unit <> 'pp'
),
-- Where the words tie the change to a level, key and period are the level's.
of_level as (
    select
        c.measure,
        c.value,
        c.low,
        c.high,
        c.unit as change_unit,
        c.observation_id,
        c.published_on,
        coalesce(c.publisher, c.article_id) as publisher,
        c.is_official,
        c.confidence,
        c.level_measure as of_measure,
        coalesce(c.level_unit, c.metric_unit) as unit,
        c.port,
        c.metric,
        case when l.observation_id is null then c.partner else l.partner end as partner,
        case when l.observation_id is null then c.scope else l.scope end as scope,
        case when l.observation_id is null then c.direction else l.direction end as direction,
        case when l.observation_id is null then c.mode else l.mode end as mode,
        case when l.observation_id is null then c.service else l.service end as service,
        case when l.observation_id is null then c.breakdown else l.breakdown end as breakdown,
        c.nature,
        case when l.observation_id is null then c.period_start else l.period_start end as period_start,
        case when l.observation_id is null then c.period_end else l.period_end end as period_end
    from changed as c
    left join current_observation as l on c.level_observation_id = l.observation_id
    where coalesce(c.level_measure in ('total', 'daily_mean', 'weekly_mean', 'monthly_mean'), true)
),
with_base as (
    select
        *,
        case
            when measure <> 'mom_pct' then cast(period_start - interval 1 year as date)
            when period_end = last_day(period_start) then cast(period_start - interval 1 month as date)
            else cast(period_start - interval 3 months as date)
        end as base_start,
        case
            when measure = 'mom_pct' then cast(period_start - interval 1 day as date)
            when period_end = last_day(period_end) then last_day(cast(period_end - interval 1 year as date))
            else cast(period_end - interval 1 year as date)
        end as base_end
    from of_level
    where
        unit is not null
        and period_start is not null
        and (measure <> 'yoy_abs' or change_unit = unit)
        and (
            measure <> 'mom_pct'
            or (
                day(period_start) = 1
                and (
                    period_end = last_day(period_start)
                    or (
                        month(period_start) % 3 = 1
                        and period_end = last_day(cast(period_start + interval 2 months as date))
                    )
                )
            )
        )
),
growth as (
    select
        port, metric, unit, partner, scope, direction, mode, service, breakdown, nature,
        measure,
        of_measure,
        period_start,
        period_end,
        base_start,
        base_end,
        value,
        low,
        high,
        [observation_id] as observation_ids,
        published_on,
        publisher,
        is_official,
        confidence
    from with_base
    -- "Since" a day more than a year ago has no year before.
    where base_end < period_start
),
stater as (
    select
        observation_id,
        coalesce(publisher, article_id) as publisher,
        is_official,
        confidence
    from stated
),
led as (
    select
        m.port, m.metric, m.unit, m.partner, m.scope, m.direction, m.mode, m.service, m.breakdown,
        'actual' as nature,
        'lead_days' as measure,
        cast(null as varchar) as of_measure,
        m.before_start as period_start,
        m.reached_before_until as period_end,
        cast(null as date) as base_start,
        cast(null as date) as base_end,
        m.count_reached as value,
        m.count_low as low,
        cast(null as decimal(38, 10)) as high,
        [m.observation_id, m.count_observation_id] as observation_ids,
        m.published_on,
        s.publisher,
        s.is_official,
        s.confidence
    from milestones as m
    inner join stater as s on m.count_observation_id = s.observation_id
    where m.reached_before_until < m.period_start
),
-- What double arithmetic makes of an end is widened by more than its error.
shared as (
    select
        s.port,
        s.metric,
        s.part_unit as unit,
        s.partner,
        s.scope,
        s.direction,
        s.mode,
        s.service,
        s.breakdown,
        s.nature,
        s.period_start,
        s.period_end,
        s.implied_part,
        s.implied_part_low * (1 - 1e-9) as implied_part_low,
        s.implied_part_high * (1 + 1e-9) as implied_part_high,
        s.part,
        s.implied_whole,
        s.implied_whole_low * (1 - 1e-9) as implied_whole_low,
        s.implied_whole_high * (1 + 1e-9) as implied_whole_high,
        s.published_on,
        coalesce(s.publisher, p.article_id) as publisher,
        p.confidence,
        s.observation_id,
        s.part_observation_id,
        w.observation_id as whole_observation_id,
        w.port as whole_port,
        w.partner as whole_partner,
        w.direction as whole_direction,
        w.breakdown as whole_breakdown
    from shares as s
    inner join current_observation as p on s.observation_id = p.observation_id
    inner join current_observation as w on s.whole_observation_id = w.observation_id
    inner join metric as m on s.metric = m.metric
    where
        m.flow = 'flow'
        and s.part_measure = 'total'
        and w.measure = 'total'
        and s.nature = 'actual'
        and w.nature = 'actual'
        and w.scope = 'port'
        and s.scope <> 'shipment'
        and s.unequal_in is null
        and w.unit = s.part_unit
        and w.service is not distinct from s.service
        and w.mode is not distinct from s.mode
        and w.period_start is not distinct from s.period_start
        and w.period_end = s.period_end
),
of_share as (
    select
        port, metric, unit, partner, scope, direction, mode, service, breakdown, nature,
        'share_pct' as measure,
        'part' as of_measure,
        period_start,
        period_end,
        cast(null as date) as base_start,
        cast(null as date) as base_end,
        cast(implied_part as decimal(38, 10)) as value,
        cast(implied_part_low as decimal(38, 10)) as low,
        cast(implied_part_high as decimal(38, 10)) as high,
        [observation_id, whole_observation_id] as observation_ids,
        published_on,
        publisher,
        false as is_official,
        confidence
    from shared
    where implied_part < 1e27 and coalesce(implied_part_high, 0) < 1e27
    union all
    select
        whole_port as port,
        metric,
        unit,
        whole_partner as partner,
        'port' as scope,
        whole_direction as direction,
        mode,
        service,
        whole_breakdown as breakdown,
        nature,
        'share_pct' as measure,
        'whole' as of_measure,
        period_start,
        period_end,
        cast(null as date) as base_start,
        cast(null as date) as base_end,
        cast(implied_whole as decimal(38, 10)) as value,
        cast(implied_whole_low as decimal(38, 10)) as low,
        cast(implied_whole_high as decimal(38, 10)) as high,
        [observation_id, part_observation_id] as observation_ids,
        published_on,
        publisher,
        false as is_official,
        confidence
    from shared
    where part is not null and implied_whole < 1e27 and coalesce(implied_whole_high, 0) < 1e27
),
together as (
    select * from summed
    union all
    select * from growth
    union all
    select * from led
    union all
    select * from of_share
),
newest as (
    select *
    from together
    where low is not null or high is not null
    qualify
        row_number() over (
            partition by
                port, metric, unit, partner, scope, direction, mode, service, breakdown, nature, measure,
                of_measure, period_start, period_end, base_start, base_end, publisher
            order by published_on desc nulls last, high - low asc nulls last, observation_ids asc
        ) = 1
),
final as (
    select
        port,
        metric,
        measure,
        of_measure,
        period_start,
        period_end,
        base_start,
        base_end,
        value,
        low,
        high,
        unit,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        nature,
        max(published_on) as published_on,
        count(distinct publisher) as publishers,
        bool_or(is_official) as is_official,
        max(confidence) as confidence,
        list_sort(list_distinct(flatten(list(observation_ids)))) as observation_ids
    from newest
    group by
        port, metric, measure, of_measure, period_start, period_end, base_start, base_end, value, low, high,
        unit, partner, scope, direction, mode, service, breakdown, nature
)
select * from final;
comment on view series_fact is 'What the book says of each monthly series: every claim that bounds it, with its sources.';
comment on column series_fact.port is 'Reporting place.';
comment on column series_fact.metric is 'What is counted.';
comment on column series_fact.measure is 'What the claim says: total, a mean, daily_max, yoy_pct, yoy_abs, mom_pct, lead_days or share_pct.';
comment on column series_fact.of_measure is 'Of a change the measure of the level that changed, null where it is not told; of a share whether part or whole is bounded.';
comment on column series_fact.period_start is 'First day that the claim speaks of; null since the beginning.';
comment on column series_fact.period_end is 'Last day that the claim speaks of.';
comment on column series_fact.base_start is 'First day of the period that a change is measured against.';
comment on column series_fact.base_end is 'Last day of it.';
comment on column series_fact.value is 'The number: of a mean by day, week or month, of growth in percent, else in the unit.';
comment on column series_fact.low is 'Lower end of it; null is unbounded.';
comment on column series_fact.high is 'Upper end of it; null is unbounded.';
comment on column series_fact.unit is 'Unit of the series.';
comment on column series_fact.partner is 'Counterpart of a trade or a route.';
comment on column series_fact.scope is 'Whose figure: the place as a whole, a company, one route.';
comment on column series_fact.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column series_fact.mode is 'Mode of transport.';
comment on column series_fact.service is 'Which trains are counted.';
comment on column series_fact.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column series_fact.nature is 'actual or plan.';
comment on column series_fact.published_on is 'Last day that somebody published it.';
comment on column series_fact.publishers is 'How many publishers state it.';
comment on column series_fact.is_official is 'True where an official table states it.';
comment on column series_fact.confidence is 'Confidence of the surest reading, 0 to 1.';
comment on column series_fact.observation_ids is 'The observations that make the claim; each joins to provenance.';
