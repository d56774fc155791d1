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
comment on view unkeyed is 'Numbers that are no observation, with the reason.';
comment on column unkeyed.reason is 'Why it is unkeyed.';
comment on column unkeyed.missing is 'What would have keyed it, in words.';
comment on column unkeyed.figure is 'The words that were read as a number.';
comment on column unkeyed.sentence is 'The sentence around the figure, as the article has it.';
comment on column unkeyed.title is 'Headline of the article.';
comment on column unkeyed.publisher is 'Who published it.';
comment on column unkeyed.published_on is 'Day the article came out.';
comment on column unkeyed.url is 'Where it was published.';
comment on column unkeyed.article is 'Name of the article: its file or the id that its source gave.';
comment on column unkeyed.span_start is 'First code point of the figure in the article.';
comment on column unkeyed.figure_id is 'The figure.';
comment on column unkeyed.article_id is 'The article.';
