-- One row per keyed figure as the newest extractor reads it and people corrected it.
--
-- What the other views are built on; current_observation adds its article and its sentence. A correction holds for the
-- figure that starts at its place of the article, whichever extractor read it; of several of one field the
-- last one that is not undone. What people rejected is no row. Figures that are read anew or corrected are few beside
-- the others, so it is those that are looked up: a view that needs no sentence does not read all figures.
-- Two readings of this table in one query are one to DuckDB, kept in memory with all columns that either of them wants.
-- Where both are of the whole book, one of them has a condition that always holds.
create or replace view standing_observation as
with standing as (
    select
        article_id,
        span_start,
        field,
        new
    from correction
    where undone_run is null
    qualify row_number() over (partition by article_id, span_start, field order by correction_id desc) = 1
),
corrected as (
    select
        article_id,
        span_start,
        map_from_entries(list({'field': field, 'new': new})) as by
    from standing
    group by article_id, span_start
),
no_longer as (
    select figure_id
    from figure
    where superseded_run is not null
    union all
    select f.figure_id
    from figure as f
    inner join correction as c on f.article_id = c.article_id and f.span_start = c.span_start
    where c.field = 'rejected' and c.undone_run is null
),
corrected_figure as (
    select
        f.figure_id,
        c.by
    from figure as f
    inner join corrected as c on f.article_id = c.article_id and f.span_start = c.span_start
),
keyed as (
    select
        case when map_contains(f.by, 'port') then f.by['port'] else o.port end as port,
        case when map_contains(f.by, 'partner') then f.by['partner'] else o.partner end as partner,
        case when map_contains(f.by, 'metric') then f.by['metric'] else o.metric end as metric,
        case when map_contains(f.by, 'measure') then f.by['measure'] else o.measure end as measure,
        case when map_contains(f.by, 'value') then cast(f.by['value'] as decimal(38, 10)) else o.value end as value,
        case when map_contains(f.by, 'low') then cast(f.by['low'] as decimal(38, 10)) else o.low end as low,
        case when map_contains(f.by, 'high') then cast(f.by['high'] as decimal(38, 10)) else o.high end as high,
        case when map_contains(f.by, 'unit') then f.by['unit'] else o.unit end as unit,
        case when map_contains(f.by, 'qualifier') then f.by['qualifier'] else o.qualifier end as qualifier,
        case when map_contains(f.by, 'period_start') then cast(f.by['period_start'] as date) else o.period_start end as period_start,
        case when map_contains(f.by, 'period_end') then cast(f.by['period_end'] as date) else o.period_end end as period_end,
        case when map_contains(f.by, 'scope') then f.by['scope'] else o.scope end as scope,
        case when map_contains(f.by, 'direction') then f.by['direction'] else o.direction end as direction,
        case when map_contains(f.by, 'mode') then f.by['mode'] else o.mode end as mode,
        case when map_contains(f.by, 'service') then f.by['service'] else o.service end as service,
        case when map_contains(f.by, 'breakdown') then f.by['breakdown'] else o.breakdown end as breakdown,
        case when map_contains(f.by, 'nature') then f.by['nature'] else o.nature end as nature,
        case when map_contains(f.by, 'reporter') then f.by['reporter'] else o.reporter end as reporter,
        case when map_contains(f.by, 'whole') then f.by['whole'] else o.whole end as whole,
        o.relates_to,
        o.confidence,
        o.observation_id,
        o.figure_id,
        o.article_id
    from observation as o
    anti join no_longer as n on o.figure_id = n.figure_id
    left join corrected_figure as f on o.figure_id = f.figure_id
),
final as (
    select
        o.port,
        o.partner,
        o.metric,
        o.measure,
        o.value,
        o.low,
        o.high,
        o.unit,
        o.qualifier,
        o.period_start,
        o.period_end,
        o.period_end - o.period_start + 1 as days,
        o.scope,
        o.direction,
        o.mode,
        o.service,
        o.breakdown,
        o.nature,
        o.reporter,
        o.whole,
        o.relates_to,
        o.confidence,
        o.observation_id,
        o.figure_id,
        o.article_id,
        -- As one number (see latest_choice): a join by seven columns that may be null keeps all seven in memory.
        (
            cast(hash(o.port, o.partner, o.metric, o.direction, o.mode, o.service, o.breakdown) as uhugeint) << 64
        ) + hash(o.breakdown, o.service, o.mode, o.direction, o.metric, o.partner, o.port) as alike
    from keyed as o
)
select * from final;
comment on view standing_observation is 'Every keyed figure as the newest extractor reads it and people corrected it; what the other views are built on.';
comment on column standing_observation.port is 'Reporting place.';
comment on column standing_observation.partner is 'Counterpart of a trade or a route.';
comment on column standing_observation.metric is 'What is counted.';
comment on column standing_observation.measure is 'What the number says of the metric.';
comment on column standing_observation.value is 'The number in base units, exact.';
comment on column standing_observation.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column standing_observation.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column standing_observation.unit is 'Unit of value, low and high.';
comment on column standing_observation.qualifier is 'How the words bound the number.';
comment on column standing_observation.period_start is 'First day of the period; null where the text does not say.';
comment on column standing_observation.period_end is 'Last day of the period, inclusive.';
comment on column standing_observation.days is 'Days in the period; null where an end is not known.';
comment on column standing_observation.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column standing_observation.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column standing_observation.mode is 'Mode of transport.';
comment on column standing_observation.service is 'Which trains are counted.';
comment on column standing_observation.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column standing_observation.nature is 'actual, plan or capacity.';
comment on column standing_observation.reporter is 'Who says so, where the text tells.';
comment on column standing_observation.whole is 'For a share: the place that it is a share of.';
comment on column standing_observation.relates_to is 'The figure that a change, share or lead qualifies.';
comment on column standing_observation.confidence is '0 to 1.';
comment on column standing_observation.observation_id is 'The observation; joins to provenance.';
comment on column standing_observation.figure_id is 'The figure that it was read from.';
comment on column standing_observation.article_id is 'The article.';
comment on column standing_observation.alike is 'One number for port, partner, metric, direction, mode, service and breakdown: equal where all of them are.';
