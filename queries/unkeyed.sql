-- One row per number that is no observation, with the reason.
create or replace view unkeyed as
with final as (
    select
        f.reason,
        f.missing,
        f.text as figure,
        substring(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start) as sentence,
        a.title,
        a.publisher,
        a.published_on,
        a.url,
        a.name as article,
        f.span_start,
        f.figure_id,
        f.article_id
    from figure as f
    inner join article as a on f.article_id = a.article_id
    where f.status = 'unkeyed' and f.superseded_run is null
)
select * from final;
