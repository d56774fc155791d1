-- One row per keyed figure as the newest extractor reads it, with its article's date and publisher.
create or replace view current_observation as
with current_figure as (
    select figure_id
    from figure
    where superseded_run is null
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
        o.observation_id,
        o.observation_id,
        o.observation_id,
        o.observation_id,
        o.observation_id,
        o.figure_id,
        o.article_id,
        a.published_on,
        a.publisher
    from observation as o
    inner join current_figure as f on o.figure_id = f.figure_id
    inner join article as a on o.article_id = a.article_id
)
select * from final;
