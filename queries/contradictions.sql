-- One row per contradiction: two figures, or a figure and what others add up to, whose intervals cannot meet.
-- needs: balance, bound_broken, growth_pair, mean_peak_capacity, part_sum, rank_check, share_sum, shares, standing_observation, standing_total, yoy_growth
-- once: latest_choice, level_link, standing_total, yoy_growth
--
-- `identity` names the rule that cannot hold: same_key (two publishers, one key), growth (stated growth
-- against stored levels), share (stated share against part and whole), directions, months and the
-- like (parts against their sum), mean_days (mean times days against the total), peak (a mean
-- above the peak), implied_base (a growth that implies less for the year before than had passed by a day
-- of it), falling (a running total that falls), part_above_whole
-- (days of a year that have more than the year so far), difference (a month or other days against the
-- difference of two running totals), growth_pair (percent against units), share_sum (shares that are more than
-- all), rank (a rank that totals deny), and what part_sum and bound_broken have. What a publisher himself stated anew later is a revision and no
-- contradiction, nor are one shipment's or one company's figures, or times and prices, of which a place
-- has many at once.
create or replace view contradictions as
with grown as materialized (
    select *
    from yoy_growth
    where scope = 'port' and nature = 'actual'
),
mean_peak as materialized (
    select *
    from mean_peak_capacity
    where scope = 'port' and (not total_agrees or not mean_within_peak)
),
summed as materialized (
    select *
    from part_sum
    where not agrees
),
keyed as (
    select
        o.observation_id,
        -- The key as one number, as in latest_choice.
        (
            cast(
                hash(
                    o.port, o.partner, o.metric, o.measure, o.direction, o.mode, o.service, o.breakdown, o.unit,
                    o.whole, o.period_start, o.period_end
                ) as uhugeint
            ) << 64
        ) + hash(
            o.period_end, o.period_start, o.whole, o.unit, o.breakdown, o.service, o.mode, o.direction, o.measure,
            o.metric, o.partner, o.port
        ) as key,
        o.low,
        o.high,
        coalesce(a.publisher, o.article_id) as teller,
        a.published_on,
        o.measure in ('yoy_pct', 'yoy_abs', 'share_pct')
        or (o.measure = 'total' and o.period_start is null) as is_compared
    from standing_observation as o
    inner join article as a on o.article_id = a.article_id
    where
        o.scope = 'port' and o.nature = 'actual' and o.period_end is not null
        and o.article_id is not null  -- standing_observation says why
),
-- Most statements cannot be part of what is asked of several of one key, and need not be put in order.
-- A key whose statements all meet stays so when those go that a publisher himself overruled.
in_doubt as (
    select key
    from keyed
    group by key
    having max(low) > min(high)
),
standing as (
    select
        observation_id,
        key
    from keyed
    where is_compared or key in (select d.key from in_doubt as d)
    -- Of one publisher the newest word counts; one without a name is one article's.
    qualify
        row_number() over (
            partition by key, teller
            order by published_on desc nulls last, high - low asc nulls last, observation_id asc
        ) = 1
),
-- Of many statements of one key the two farthest apart: if those meet, all do.
torn as (
    select
        s.key,
        o.port,
        o.metric,
        o.measure,
        o.value,
        o.low,
        o.high,
        o.unit,
        o.period_start,
        o.period_end,
        o.observation_id
    from standing as s
    inner join standing_observation as o on s.observation_id = o.observation_id
    inner join metric as m on o.metric = m.metric
    where
        s.key in (select d.key from in_doubt as d)
        and m.flow in ('flow', 'stock')
        and o.measure not in ('single', 'lead_days', 'minimum', 'maximum')
        and o.figure_id is not null  -- standing_observation says why
),
farthest as (
    select
        key,
        first(t order by t.low desc nulls last, t.observation_id asc) as most,
        first(t order by t.high asc nulls last, t.observation_id asc) as least
    from torn as t
    group by key
    having max(t.low) > min(t.high)
),
same_key as (
    select
        'same_key' as identity,
        most.port,
        most.metric,
        most.measure,
        most.period_start,
        most.period_end,
        most.unit,
        cast(most.value as double) as stated_value,
        cast(most.low as double) as stated_low,
        cast(most.high as double) as stated_high,
        cast(least.value as double) as other_value,
        cast(least.low as double) as other_low,
        cast(least.high as double) as other_high,
        [most.observation_id, least.observation_id] as observation_ids
    from farthest
),
growth as (
    select
        'growth' as identity,
        port,
        metric,
        measure,
        period_start,
        period_end,
        unit,
        cast(growth as double) as stated_value,
        cast(growth_low as double) as stated_low,
        cast(growth_high as double) as stated_high,
        computed_growth as other_value,
        computed_low as other_low,
        computed_high as other_high,
        [observation_id, level_observation_id, base_observation_id] as observation_ids
    from grown
    where
        not agrees
        and observation_id in (select s.observation_id from standing as s)
),
share as (
    select
        'share' as identity,
        port,
        metric,
        'share_pct' as measure,
        period_start,
        period_end,
        '%' as unit,
        cast(share as double) as stated_value,
        cast(share_low as double) as stated_low,
        cast(share_high as double) as stated_high,
        computed_share as other_value,
        computed_low as other_low,
        computed_high as other_high,
        [observation_id, part_observation_id, whole_observation_id] as observation_ids
    from shares
    where
        not agrees
        and scope = 'port'
        and nature = 'actual'
        and observation_id in (select s.observation_id from standing as s)
),
parted as (
    select
        parted_by as identity,
        port,
        metric,
        'total' as measure,
        period_start,
        period_end,
        unit,
        cast(whole as double) as stated_value,
        cast(whole_low as double) as stated_low,
        cast(whole_high as double) as stated_high,
        cast(parts_sum as double) as other_value,
        cast(parts_low as double) as other_low,
        cast(parts_high as double) as other_high,
        [whole_observation_id] || part_observation_ids as observation_ids
    from balance
    -- Of hubs and seaports the gazetteer has cities beside their districts: one may be inside the other.
    where not agrees and (parts = 1 or parted_by not in ('places: inland_hub', 'places: sea'))
    union all
    select
        parted_by as identity,
        port,
        metric,
        'total' as measure,
        period_start,
        period_end,
        unit,
        cast(whole as double) as stated_value,
        cast(whole_low as double) as stated_low,
        cast(whole_high as double) as stated_high,
        cast(parts_sum as double) as other_value,
        cast(parts_low as double) as other_low,
        cast(parts_high as double) as other_high,
        [whole_observation_id] || part_observation_ids as observation_ids
    from summed
    where parted_by <> 'two periods'
),
mean_days as (
    select
        'mean_days' as identity,
        port,
        metric,
        'total' as measure,
        period_start,
        period_end,
        unit,
        cast(total as double) as stated_value,
        cast(total_low as double) as stated_low,
        cast(total_high as double) as stated_high,
        implied_total as other_value,
        cast(implied_total_low as double) as other_low,
        cast(implied_total_high as double) as other_high,
        [total_observation_id, mean_observation_id] as observation_ids
    from mean_peak
    where not total_agrees
),
peak as (
    select
        'peak' as identity,
        port,
        metric,
        'daily_mean' as measure,
        period_start,
        period_end,
        unit,
        cast(mean as double) as stated_value,
        cast(mean_low as double) as stated_low,
        cast(mean_high as double) as stated_high,
        cast(peak as double) as other_value,
        cast(null as double) as other_low,
        cast(peak_high as double) as other_high,
        [mean_observation_id, peak_observation_id] as observation_ids
    from mean_peak
    where not mean_within_peak
),
implied_base as (
    select
        'implied_base' as identity,
        g.port,
        g.metric,
        g.measure,
        g.period_start,
        g.period_end,
        g.level_unit as unit,
        g.implied_base as stated_value,
        g.implied_base_low as stated_low,
        g.implied_base_high as stated_high,
        cast(t.value as double) as other_value,
        cast(t.low as double) as other_low,
        cast(null as double) as other_high,
        [g.observation_id, g.level_observation_id, t.observation_id] as observation_ids
    from grown as g
    inner join standing_total as t
        on
            g.scope = t.scope
            and g.port = t.port
            and g.metric = t.metric
            and g.level_unit = t.unit
            and g.base_period_start = t.period_start
            and g.direction is not distinct from t.direction
            and g.mode is not distinct from t.mode
            and g.service is not distinct from t.service
            and g.partner is not distinct from t.partner
            and g.breakdown is not distinct from t.breakdown
    where
        g.observation_id in (select s.observation_id from standing as s)
        and g.level_measure = 'total'
        -- The whole of the base itself is what `growth` compares.
        and t.period_end < g.base_period_end
        and g.implied_base_high < t.low - 1e-9 * (1 + t.low)
    qualify row_number() over (partition by g.observation_id order by t.low desc, t.observation_id asc) = 1
    union all
    select
        'implied_base' as identity,
        g.port,
        g.metric,
        g.measure,
        g.period_start,
        g.period_end,
        g.level_unit as unit,
        g.implied_base as stated_value,
        g.implied_base_low as stated_low,
        g.implied_base_high as stated_high,
        cast(t.value as double) as other_value,
        cast(null as double) as other_low,
        cast(t.high as double) as other_high,
        [g.observation_id, g.level_observation_id, t.observation_id] as observation_ids
    from grown as g
    inner join standing_total as t
        on
            g.scope = t.scope
            and g.port = t.port
            and g.metric = t.metric
            and g.level_unit = t.unit
            and g.base_period_start = t.period_start
            and g.direction is not distinct from t.direction
            and g.mode is not distinct from t.mode
            and g.service is not distinct from t.service
            and g.partner is not distinct from t.partner
            and g.breakdown is not distinct from t.breakdown
    where
        g.observation_id in (select s.observation_id from standing as s)
        and g.level_measure = 'total'
        -- Where no mode is told, one may count a railway's cargo and the other a pipeline's as well.
        and g.mode is not null
        and t.period_end > g.base_period_end
        and g.implied_base_low > t.high + 1e-9 * (1 + t.high)
    qualify row_number() over (partition by g.observation_id order by t.high asc, t.observation_id asc) = 1
),
running as (
    select
        *,
        max(low) over earlier as passed,
        arg_max(value, low) over earlier as passed_value,
        arg_max(observation_id, low) over earlier as passed_observation_id
    from standing_total
    where scope = 'port'
    window
        earlier as (
            partition by series, period_start
            order by period_end asc rows between unbounded preceding and 1 preceding
        )
),
-- Two publishers may count from two beginnings; one publisher knows his own.
since_launch as (
    select
        o.*,
        max(o.low) over earlier as passed,
        arg_max(o.value, o.low) over earlier as passed_value,
        arg_max(o.observation_id, o.low) over earlier as passed_observation_id
    from standing as s
    inner join standing_observation as o on s.observation_id = o.observation_id
    inner join article as a on o.article_id = a.article_id
    where o.measure = 'total' and o.period_start is null and a.publisher is not null
    window
        earlier as (
            partition by o.alike, o.unit, o.whole, a.publisher
            order by o.period_end asc rows between unbounded preceding and 1 preceding
        )
),
falling as (
    select
        'falling' as identity,
        port,
        metric,
        'total' as measure,
        period_start,
        period_end,
        unit,
        cast(value as double) as stated_value,
        cast(low as double) as stated_low,
        cast(high as double) as stated_high,
        cast(passed_value as double) as other_value,
        cast(passed as double) as other_low,
        cast(null as double) as other_high,
        [observation_id, passed_observation_id] as observation_ids
    from running
    where high < passed
    -- One that was told too high is higher than all that come after it: the first of them tells.
    qualify row_number() over (partition by passed_observation_id order by period_end asc) = 1
    union all
    select
        'falling' as identity,
        port,
        metric,
        'total' as measure,
        period_start,
        period_end,
        unit,
        cast(value as double) as stated_value,
        cast(low as double) as stated_low,
        cast(high as double) as stated_high,
        cast(passed_value as double) as other_value,
        cast(passed as double) as other_low,
        cast(null as double) as other_high,
        [observation_id, passed_observation_id] as observation_ids
    from since_launch
    where high < passed
    qualify row_number() over (partition by passed_observation_id order by period_end asc) = 1
),
of_year as (
    select
        *,
        max(low) filter (where period_start > date_trunc('year', period_start)) over so_far as inside_low,
        arg_max(value, low) filter (where period_start > date_trunc('year', period_start)) over so_far
            as inside_value,
        arg_max(observation_id, low) filter (where period_start > date_trunc('year', period_start)) over so_far
            as inside_observation_id
    from standing_total
    where scope = 'port'
    window
        so_far as (
            partition by series, year(period_start)
            order by period_end asc
        )
),
part_above as (
    select
        'part_above_whole' as identity,
        port,
        metric,
        'total' as measure,
        period_start,
        period_end,
        unit,
        cast(value as double) as stated_value,
        cast(low as double) as stated_low,
        cast(high as double) as stated_high,
        cast(inside_value as double) as other_value,
        cast(inside_low as double) as other_low,
        cast(null as double) as other_high,
        [observation_id, inside_observation_id] as observation_ids
    from of_year
    where period_start = date_trunc('year', period_start) and high < inside_low
    qualify row_number() over (partition by inside_observation_id order by period_end asc) = 1
),
difference as (
    select
        'difference' as identity,
        m.port,
        m.metric,
        'total' as measure,
        m.period_start,
        m.period_end,
        m.unit,
        cast(m.value as double) as stated_value,
        cast(m.low as double) as stated_low,
        cast(m.high as double) as stated_high,
        cast(s.whole - (s.parts_sum - m.value) as double) as other_value,
        cast(s.whole_low - (s.parts_high - m.high) as double) as other_low,
        cast(s.whole_high - (s.parts_low - m.low) as double) as other_high,
        [m.observation_id, s.whole_observation_id, s.part_observation_ids[1]] as observation_ids
    from summed as s
    inner join standing_total as m on s.part_observation_ids[2] = m.observation_id
    where s.parted_by = 'two periods'
),
paired_growth as (
    select
        'growth_pair' as identity,
        port,
        metric,
        'yoy_abs' as measure,
        period_start,
        period_end,
        unit,
        cast(growth_abs as double) as stated_value,
        cast(abs_low as double) as stated_low,
        cast(abs_high as double) as stated_high,
        coalesce(implied_abs, 0) as other_value,
        implied_low as other_low,
        implied_high as other_high,
        list_filter(
            [abs_observation_id, pct_observation_id, level_observation_id], lambda id: id is not null
        ) as observation_ids
    from growth_pair
    where not agrees and scope = 'port'
),
crowded as (
    select
        'share_sum' as identity,
        whole_port as port,
        metric,
        'share_pct' as measure,
        period_start,
        period_end,
        '%' as unit,
        shares_sum as stated_value,
        shares_low as stated_low,
        shares_high as stated_high,
        100.0 as other_value,
        case when is_complete then 100.0 end as other_low,
        100.0 as other_high,
        share_observation_ids as observation_ids
    from share_sum
    where not agrees
),
misranked as (
    select
        'rank' as identity,
        port,
        metric,
        'rank' as measure,
        period_start,
        period_end,
        unit,
        cast(stated as double) as stated_value,
        cast(stated_low as double) as stated_low,
        cast(stated_high as double) as stated_high,
        other_value,
        other_low,
        cast(null as double) as other_high,
        observation_ids
    from (
        select
            r.*,
            o.unit,
            -- Where the order of two is wrong and no whole is told, the rank is at least that of the one behind.
            r.rank as stated,
            r.rank_low as stated_low,
            r.rank_high as stated_high,
            cast(coalesce(case when len(r.above_observation_ids) > 0 then r.rank_at_least end, r.rank + 1) as double)
                as other_value,
            cast(
                coalesce(case when len(r.above_observation_ids) > 0 then r.rank_at_least end, r.rank_high + 1) as double
            ) as other_low,
            [r.observation_id, r.total_observation_id]
            || r.above_observation_ids
            || list_filter(
                r.behind_observation_ids, lambda id: not list_contains(r.above_observation_ids, id)
            ) as observation_ids
        from rank_check as r
        inner join standing_observation as o on r.observation_id = o.observation_id
        where not r.agrees and o.measure = 'rank'
    ) as denied
),
found as (
    select * from same_key
    union all
    select * from growth
    union all
    select * from share
    union all
    select * from parted
    union all
    select * from mean_days
    union all
    select * from peak
    union all
    select * from implied_base
    union all
    select * from falling
    union all
    select * from part_above
    union all
    select * from difference
    union all
    select * from paired_growth
    union all
    select * from crowded
    union all
    select * from misranked
    union all
    select
        identity,
        port,
        metric,
        measure,
        period_start,
        period_end,
        unit,
        stated_value,
        stated_low,
        stated_high,
        other_value,
        other_low,
        other_high,
        observation_ids
    from bound_broken
),
numbered as (
    select
        *,
        row_number() over (order by identity, observation_ids) as contradiction
    from found
),
placed as materialized (
    select
        contradiction,
        unnest(observation_ids) as observation_id,
        generate_subscripts(observation_ids, 1) as place
    from numbered
),
-- The words stand where they were read, whatever people corrected of what they say. Step by step, so that
-- the texts of the articles that are not cited are in no step.
cited_figure as materialized (
    select
        o.observation_id,
        f.article_id,
        f.sentence_start,
        f.sentence_end
    from observation as o
    inner join figure as f on o.figure_id = f.figure_id
    where o.observation_id in (select p.observation_id from placed as p)
),
cited_article as (
    select
        article_id,
        text,
        coalesce(publisher, name) as publisher,
        published_on
    from article
    where article_id in (select c.article_id from cited_figure as c)
),
worded as (
    select
        c.observation_id,
        substring(a.text, c.sentence_start + 1, c.sentence_end - c.sentence_start) as sentence,
        a.publisher,
        a.published_on
    from cited_figure as c
    inner join cited_article as a on c.article_id = a.article_id
),
cited as (
    select
        p.contradiction,
        list(w.sentence order by p.place) as sentences,
        list(w.publisher order by p.place) as publishers,
        list(w.published_on order by p.place) as published
    from placed as p
    inner join worded as w on p.observation_id = w.observation_id
    group by p.contradiction
),
final as (
    select
        n.identity,
        n.port,
        n.metric,
        n.measure,
        n.period_start,
        n.period_end,
        n.stated_value,
        n.other_value,
        n.unit,
        greatest(
            coalesce(n.stated_low - n.other_high, cast('-infinity' as double)),
            coalesce(n.other_low - n.stated_high, cast('-infinity' as double))
        ) as gap,
        n.stated_low,
        n.stated_high,
        n.other_low,
        n.other_high,
        c.publishers,
        c.published,
        c.sentences,
        n.observation_ids
    from numbered as n
    inner join cited as c on n.contradiction = c.contradiction
)
select * from final;
comment on view contradictions is 'Figures whose intervals cannot meet: the rule, the numbers, the sentences, the publishers and days.';
comment on column contradictions.identity is 'The rule that cannot hold: same_key, growth, share, mean_days, peak, implied_base, falling, part_above_whole, difference, a rule of bound_broken, or how a whole is parted.';
comment on column contradictions.port is 'Reporting place.';
comment on column contradictions.metric is 'What is counted.';
comment on column contradictions.measure is 'What the stated number says of the metric.';
comment on column contradictions.period_start is 'First day of the period; null where the text does not say.';
comment on column contradictions.period_end is 'Last day of the period, inclusive.';
comment on column contradictions.stated_value is 'The stated number.';
comment on column contradictions.other_value is 'What another states, or what others imply.';
comment on column contradictions.unit is 'Unit of the numbers.';
comment on column contradictions.gap is 'How far the two intervals are apart.';
comment on column contradictions.stated_low is 'Lower end of the stated number.';
comment on column contradictions.stated_high is 'Upper end of the stated number.';
comment on column contradictions.other_low is 'Lower end of the other.';
comment on column contradictions.other_high is 'Upper end of the other.';
comment on column contradictions.publishers is 'Publishers, or articles without one, of the observations in order.';
comment on column contradictions.published is 'Days that they came out, in order.';
comment on column contradictions.sentences is 'Their sentences, in order.';
comment on column contradictions.observation_ids is 'The observations, the stated one first; each joins to provenance.';
