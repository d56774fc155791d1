-- One row per figure that lies outside of what others allow: a part above its whole, sums of services, means of weeks and months, peaks, milestones, growth of parts, growth on the month before.
-- needs: milestones, standing_latest, standing_total
-- once: latest_choice, standing_total
--
-- Rules beside those of balance, part_sum and mean_peak_capacity. A part is narrower than its whole in one
-- thing and alike in all else: one direction of both, one partner, some goods, one of two services that are
-- counted together, or fewer days. The peak of some days is at most that of days around them, and a day's total
-- at most the peak. Growth on the month or quarter before is held against both totals. The growth of a whole lies between those of its parts, as it is their mean. A weekly or monthly mean is
-- rounded or cut off at its last digit. By the day that a milestone gives for last year, last year had its count.
create or replace view bound_broken as
with beside_totals as (
    select
        port,
        partner,
        metric,
        measure,
        unit,
        direction,
        mode,
        service,
        breakdown,
        whole,
        period_start,
        period_end,
        days,
        value,
        low,
        high,
        relates_to,
        alike,
        observation_id
    from standing_latest
    where
        nature = 'actual'
        and scope = 'port'
        and period_start is not null
        and period_end is not null
        and measure in ('daily_max', 'weekly_mean', 'monthly_mean', 'yoy_pct', 'mom_pct')
),
-- What a part is a part of: itself, but wider in one thing.
wider as (
    select
        observation_id as part_observation_id,
        port,
        metric,
        unit,
        period_start,
        period_end,
        mode,
        unnest(
            [
                {'key': concat_ws('|', '', coalesce(partner, ''), coalesce(breakdown, ''), coalesce(service, '')), 'is_part': direction in ('export', 'import')},
                {'key': concat_ws('|', 'both', coalesce(partner, ''), coalesce(breakdown, ''), coalesce(service, '')), 'is_part': direction in ('export', 'import')},
                {'key': concat_ws('|', coalesce(direction, ''), '', coalesce(breakdown, ''), coalesce(service, '')), 'is_part': partner is not null},
                {'key': concat_ws('|', coalesce(direction, ''), coalesce(partner, ''), '', coalesce(service, '')), 'is_part': breakdown is not null},
                {'key': concat_ws('|', coalesce(direction, ''), coalesce(partner, ''), coalesce(breakdown, ''), 'china_europe_central_asia'), 'is_part': service in ('china_europe', 'central_asia')}
            ]
        ) as whole,
        value,
        low,
        high
    from standing_total
    where scope = 'port'
),
part_above_whole as (
    select
        'part_above_whole' as identity,
        w.observation_id,
        w.value,
        w.low,
        w.high,
        cast(p.value as double) as other_value,
        cast(p.low as double) as other_low,
        cast(null as double) as other_high,
        [w.observation_id, p.part_observation_id] as observation_ids
    from wider as p
    inner join standing_total as w
        on
            p.port = w.port
            and p.metric = w.metric
            and p.unit = w.unit
            and p.period_start = w.period_start
            and p.period_end = w.period_end
            and p.whole.key
            = concat_ws('|', coalesce(w.direction, ''), coalesce(w.partner, ''), coalesce(w.breakdown, ''), coalesce(w.service, ''))
            and coalesce(p.mode, '') = coalesce(w.mode, '')
    where p.whole.is_part and w.scope = 'port' and p.low > w.high
),
-- Days that lie inside others of the same year. The year so far has a window of its own in contradictions,
-- and months inside of other months are what balance sums.
inside_of as (
    select
        w.observation_id,
        'total' as measure,
        w.value,
        w.low,
        w.high,
        p.value as part_value,
        p.low as part_low,
        p.observation_id as part_observation_id
    from standing_total as w
    inner join standing_total as p
        on
            w.series = p.series
            and year(w.period_start) = year(p.period_start)
            and w.period_start <= p.period_start
            and w.period_end >= p.period_end
            and w.days > p.days
    where
        w.scope = 'port'
        and p.low > w.high
        and w.period_start > date_trunc('year', w.period_start)
        and (
            p.period_start > date_trunc('month', p.period_start)
            or p.period_end < last_day(p.period_start)
        )
),
peak as (
    select
        alike,
        unit,
        period_start,
        period_end,
        days,
        value,
        low,
        high,
        observation_id
    from beside_totals
    where measure = 'daily_max' and whole is null
),
peak_or_day as (
    select * from peak
    union all
    select
        alike,
        unit,
        period_start,
        period_end,
        days,
        value,
        low,
        high,
        observation_id
    from standing_total
    where scope = 'port' and days = 1
),
peaks_inside as (
    select
        w.observation_id,
        'daily_max' as measure,
        w.value,
        w.low,
        w.high,
        p.value as part_value,
        p.low as part_low,
        p.observation_id as part_observation_id
    from peak as w
    inner join peak_or_day as p
        on
            w.alike = p.alike
            and w.unit = p.unit
            and year(w.period_start) = year(p.period_start)
            and w.period_start <= p.period_start
            and w.period_end >= p.period_end
            and w.days > p.days
    where p.low > w.high
),
years_inside as (
    select
        w.observation_id,
        'total' as measure,
        w.value,
        w.low,
        w.high,
        p.value as part_value,
        p.low as part_low,
        p.observation_id as part_observation_id
    from standing_total as w
    inner join standing_total as p
        on
            w.series = p.series
            and w.period_start <= p.period_start
            and w.period_end >= p.period_end
            and w.days > p.days
    where
        w.scope = 'port'
        and year(w.period_start) < year(w.period_end)
        and p.low > w.high
        -- From one first day on that is a total that falls.
        and w.period_start < p.period_start
),
fewer_days as (
    select
        case measure when 'daily_max' then 'peak_of_part' else 'part_above_whole' end as identity,
        observation_id,
        value,
        low,
        high,
        cast(part_value as double) as other_value,
        cast(part_low as double) as other_low,
        cast(null as double) as other_high,
        [observation_id, part_observation_id] as observation_ids
    from (
        select * from inside_of
        union all
        select * from peaks_inside
        union all
        select * from years_inside
    ) as inside
    -- One that is too small is below many.
    qualify
        row_number() over (partition by observation_id order by part_low desc, part_observation_id asc) = 1
),
growth_on_month as (
    select
        'growth_on_month' as identity,
        m.observation_id,
        m.value,
        m.low,
        m.high,
        100 * (cast(t.value as double) / nullif(cast(b.value as double), 0) - 1) as other_value,
        100 * (cast(t.low as double) / nullif(cast(b.high as double), 0) - 1) as other_low,
        100 * (cast(t.high as double) / nullif(cast(b.low as double), 0) - 1) as other_high,
        [m.observation_id, t.observation_id, b.observation_id] as observation_ids
    from beside_totals as m
    inner join standing_total as t
        on
            m.alike = t.alike
            and m.period_start = t.period_start
            and m.period_end = t.period_end
            and coalesce(m.relates_to = t.figure_id, true)
    inner join standing_total as b
        on
            t.series = b.series
            and b.period_end = t.period_start - 1
            and date_diff('month', b.period_start, b.period_end) = date_diff('month', t.period_start, t.period_end)
    where
        t.scope = 'port'
        and m.measure = 'mom_pct'
        and m.unit = '%'
        -- Whole months; of half a year it is not told whether the half before or the last month was meant.
        and t.period_start = date_trunc('month', t.period_start)
        and t.period_end = last_day(t.period_end)
        and b.period_start = date_trunc('month', b.period_start)
        and date_diff('month', t.period_start, t.period_end) in (0, 2)
),
services as (
    select
        'services' as identity,
        w.observation_id,
        w.value,
        w.low,
        w.high,
        cast(a.value + b.value as double) as other_value,
        cast(a.low + b.low as double) as other_low,
        cast(a.high + b.high as double) as other_high,
        [w.observation_id, a.observation_id, b.observation_id] as observation_ids
    from standing_total as w
    inner join standing_total as a
        on
            w.port = a.port
            and w.metric = a.metric
            and w.unit = a.unit
            and w.period_start = a.period_start
            and w.period_end = a.period_end
            and w.direction is not distinct from a.direction
            and w.mode is not distinct from a.mode
            and w.partner is not distinct from a.partner
            and w.breakdown is not distinct from a.breakdown
    inner join standing_total as b
        on
            w.port = b.port
            and w.metric = b.metric
            and w.unit = b.unit
            and w.period_start = b.period_start
            and w.period_end = b.period_end
            and w.direction is not distinct from b.direction
            and w.mode is not distinct from b.mode
            and w.partner is not distinct from b.partner
            and w.breakdown is not distinct from b.breakdown
    where
        w.scope = 'port'
        and a.scope = 'port'
        and b.scope = 'port'
        and w.service = 'china_europe_central_asia'
        and a.service = 'china_europe'
        and b.service = 'central_asia'
),
mean_or_peak as (
    select
        *,
        case
            when low < high or low is null or high is null then 0
            when value = round(value) then 1
            when value = round(value, 1) then 0.1
            else 0.01
        end as last_digit
    from beside_totals
    where measure in ('daily_max', 'weekly_mean', 'monthly_mean')
),
-- Mean or peak of the same days, beside their total.
beside as (
    select
        t.observation_id,
        t.value,
        t.low,
        t.high,
        t.days,
        m.measure,
        m.value as mean,
        m.low - m.last_digit as mean_low,
        m.high + m.last_digit as mean_high,
        m.low as peak_low,
        m.high as peak_high,
        case m.measure
            when 'weekly_mean' then t.days / 7
            when 'monthly_mean' then date_diff('month', t.period_start, t.period_end) + 1
        end as times,
        t.period_start = date_trunc('month', t.period_start)
        and t.period_end = last_day(t.period_end) as is_months,
        [t.observation_id, m.observation_id] as observation_ids
    from standing_total as t
    inner join mean_or_peak as m
        on
            t.alike = m.alike
            and t.unit = m.unit
            and t.period_start = m.period_start
            and t.period_end = m.period_end
    where t.scope = 'port'
),
means as (
    select
        case measure when 'weekly_mean' then 'mean_weeks' else 'mean_months' end as identity,
        observation_id,
        value,
        low,
        high,
        cast(mean as double) * times as other_value,
        greatest(cast(mean_low as double), 0) * times as other_low,
        cast(mean_high as double) * times as other_high,
        observation_ids
    from beside
    where measure = 'weekly_mean' or (measure = 'monthly_mean' and is_months)
),
peaks as (
    select
        'peak_days' as identity,
        observation_id,
        value,
        low,
        high,
        cast(mean as double) * days as other_value,
        cast(peak_low as double) as other_low,
        cast(peak_high as double) * days as other_high,
        observation_ids
    from beside
    where measure = 'daily_max'
),
milestone as (
    select
        'milestone' as identity,
        t.observation_id,
        t.value,
        t.low,
        t.high,
        cast(m.count_reached as double) as other_value,
        cast(m.count_low as double) as other_low,
        cast(null as double) as other_high,
        [t.observation_id, m.count_observation_id, m.observation_id] as observation_ids
    from milestones as m
    inner join standing_total as t
        on
            m.scope = t.scope
            and m.port = t.port
            and m.metric = t.metric
            and m.unit = t.unit
            and m.before_start = t.period_start
            and m.partner is not distinct from t.partner
            and m.direction is not distinct from t.direction
            and m.mode is not distinct from t.mode
            and m.service is not distinct from t.service
            and m.breakdown is not distinct from t.breakdown
    where m.scope = 'port' and t.period_end >= m.reached_before_until and t.high < m.count_low
    qualify row_number() over (partition by m.observation_id order by t.high asc, t.observation_id asc) = 1
),
growth as (
    select *
    from beside_totals
    where measure = 'yoy_pct' and unit = '%'
),
growth_of_directions as (
    select
        'growth_of_directions' as identity,
        w.observation_id,
        w.value,
        w.low,
        w.high,
        cast((e.value + i.value) / 2 as double) as other_value,
        case when e.low is not null and i.low is not null then cast(least(e.low, i.low) as double) end as other_low,
        case when e.high is not null and i.high is not null then cast(greatest(e.high, i.high) as double) end
            as other_high,
        [w.observation_id, e.observation_id, i.observation_id] as observation_ids
    from growth as w
    inner join growth as e
        on
            w.port = e.port
            and w.metric = e.metric
            and w.period_start = e.period_start
            and w.period_end = e.period_end
            and w.mode is not distinct from e.mode
            and w.service is not distinct from e.service
            and w.partner is not distinct from e.partner
            and w.breakdown is not distinct from e.breakdown
    inner join growth as i
        on
            w.port = i.port
            and w.metric = i.metric
            and w.period_start = i.period_start
            and w.period_end = i.period_end
            and w.mode is not distinct from i.mode
            and w.service is not distinct from i.service
            and w.partner is not distinct from i.partner
            and w.breakdown is not distinct from i.breakdown
    where coalesce(w.direction, 'both') = 'both' and e.direction = 'export' and i.direction = 'import'
),
growth_of_periods as (
    select
        'growth_of_periods' as identity,
        w.observation_id,
        w.value,
        w.low,
        w.high,
        cast((a.value + z.value) / 2 as double) as other_value,
        case when a.low is not null and z.low is not null then cast(least(a.low, z.low) as double) end as other_low,
        case when a.high is not null and z.high is not null then cast(greatest(a.high, z.high) as double) end
            as other_high,
        [w.observation_id, a.observation_id, z.observation_id] as observation_ids
    from growth as w
    inner join growth as z
        on
            w.alike = z.alike
            and w.period_end = z.period_end
            and w.period_start < z.period_start
    inner join growth as a
        on
            w.alike = a.alike
            and w.period_start = a.period_start
            and z.period_start = a.period_end + 1
    -- The year before, a leap day more is not told apart from growth.
    where year(w.period_start) = year(w.period_end)
),
found as (
    select * from part_above_whole
    union all
    select * from services
    union all
    select * from means
    union all
    select * from peaks
    union all
    select * from milestone
    union all
    select * from growth_of_directions
    union all
    select * from growth_of_periods
    union all
    select * from fewer_days
    union all
    select * from growth_on_month
),
bounded as (
    select
        port,
        metric,
        'total' as measure,
        period_start,
        period_end,
        unit,
        observation_id
    from standing_total
    where scope = 'port'
    union all
    select
        port,
        metric,
        measure,
        period_start,
        period_end,
        unit,
        observation_id
    from beside_totals
),
final as (
    select
        f.identity,
        k.port,
        k.metric,
        k.measure,
        k.period_start,
        k.period_end,
        cast(f.value as double) as stated_value,
        f.other_value,
        k.unit,
        cast(f.low as double) as stated_low,
        cast(f.high as double) as stated_high,
        f.other_low,
        f.other_high,
        f.observation_ids
    from found as f
    inner join bounded as k on f.observation_id = k.observation_id
    where
        -- Bounds in double carry an error in the sixteenth digit, which is no disagreement.
        coalesce(cast(f.low as double) > f.other_high + 1e-9 * (1 + abs(f.other_high)), false)
        or coalesce(cast(f.high as double) < f.other_low - 1e-9 * (1 + abs(f.other_low)), false)
)
select * from final;
comment on view bound_broken is 'Figures that lie outside of what others allow: parts above their whole, means, peaks, milestones, growth of parts.';
comment on column bound_broken.identity is 'The rule: part_above_whole, services, mean_weeks, mean_months, peak_days, peak_of_part, milestone, growth_of_directions, growth_of_periods or growth_on_month.';
comment on column bound_broken.port is 'Reporting place.';
comment on column bound_broken.metric is 'What is counted.';
comment on column bound_broken.measure is 'What the stated number says of the metric.';
comment on column bound_broken.period_start is 'First day of the period.';
comment on column bound_broken.period_end is 'Last day of the period, inclusive.';
comment on column bound_broken.stated_value is 'The stated number.';
comment on column bound_broken.other_value is 'What the others state or imply.';
comment on column bound_broken.unit is 'Unit of the numbers.';
comment on column bound_broken.stated_low is 'Lower end of the stated number.';
comment on column bound_broken.stated_high is 'Upper end of the stated number.';
comment on column bound_broken.other_low is 'Least that the others allow; null where they bound it from above only.';
comment on column bound_broken.other_high is 'Most that the others allow; null where they bound it from below only.';
comment on column bound_broken.observation_ids is 'The observations, the stated one first; each joins to provenance.';
