-- One row per observation: the sentence and the article that it cites.
--
-- The values are those that were read: `corrections` says what people made of them. Also for readings that a newer extractor replaced (`superseded`), so that an id kept from an
-- older export still finds its words. `substring` counts code points, as the spans do; `[a:b]`
-- would count what a reader sees as one character and slip after an emoji.
create or replace view provenance as
with standing as (
    select *
    from correction
    where undone_run is null
    qualify row_number() over (partition by article_id, span_start, field order by correction_id desc) = 1
),
corrected as (
    select
        article_id,
        span_start,
        bool_or(field = 'rejected') as rejected,
        string_agg(
            field || ': ' || coalesce(old, 'none') || ' → ' || coalesce(new, 'none') || ' (' || who || ': ' || why || ')',
            '; ' order by correction_id, field
        ) as corrections
    from standing
    where field = 'rejected' or old is distinct from new
    group by article_id, span_start
),
final as (
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
        coalesce(c.rejected, false) as rejected,
        c.corrections,
        f.extractor,
        o.observation_id,
        o.figure_id,
        o.article_id
    from observation as o
    inner join figure as f on o.figure_id = f.figure_id
    inner join article as a on o.article_id = a.article_id
    left join corrected as c on f.article_id = c.article_id and f.span_start = c.span_start
)
select * from final;
comment on view provenance is 'The sentence and the article behind each observation.';
comment on column provenance.port is 'Reporting place.';
comment on column provenance.metric is 'What is counted.';
comment on column provenance.measure is 'What the number says of the metric.';
comment on column provenance.value is 'The number in base units as it was read, exact.';
comment on column provenance.unit is 'Unit of value.';
comment on column provenance.period_start is 'First day of the period; null where the text does not say.';
comment on column provenance.period_end is 'Last day of the period, inclusive.';
comment on column provenance.figure is 'The words that were read as the number.';
comment on column provenance.sentence is 'The sentence around the figure, as the article has it.';
comment on column provenance.title is 'Headline of the article.';
comment on column provenance.publisher is 'Who published it.';
comment on column provenance.published_on is 'Day the article came out.';
comment on column provenance.published_inferred is 'True where published_on is inferred from the text.';
comment on column provenance.url is 'Where it was published.';
comment on column provenance.article is 'Name of the article: its file or the id that its source gave.';
comment on column provenance.lang is 'Language of the article.';
comment on column provenance.superseded is 'True where a newer extractor replaced this reading.';
comment on column provenance.rejected is 'True where a person rejected it: no other view has it.';
comment on column provenance.corrections is 'What people corrected, who and why; null where nothing.';
comment on column provenance.extractor is 'Version of program and lexicon that read it.';
comment on column provenance.observation_id is 'The observation, as every view names it.';
comment on column provenance.figure_id is 'The figure that it was read from.';
comment on column provenance.article_id is 'The article.';
