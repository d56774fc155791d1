-- One row per observation: the sentence and the article that it cites.
--
-- Also for readings that a newer extractor replaced (`superseded`), so that an id kept from an
-- older export still finds its words. `substring` counts code points, as the spans do; `[a:b]`
-- would count what a reader sees as one character and slip after an emoji.
create or replace view provenance as
with final as (
    select
        o.port,
        o.metric,
        o.measure,
        o.value,
        o.unit,
        o.period_start,
        o.period_end,
        substring(a.text, f.span_start + 1, f.span_end - f.span_start) as figure,
        substring(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start) as sentence,
        a.title,
        a.publisher,
        a.published_on,
        a.published_inferred,
        a.url,
        a.name as article,
        a.lang,
        f.superseded_run is not null as superseded,
        f.extractor,
        o.observation_id,
        o.figure_id,
        o.article_id
    from observation as o
    inner join figure as f on o.figure_id = f.figure_id
    inner join article as a on o.article_id = a.article_id
)
select * from final;
