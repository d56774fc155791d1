-- One row per field that a person corrected, undone ones too.
--
-- `holds` is what current_observation goes by; `overruled` is corrected again; `without figure` has
-- no observation any more that starts at its place, as the newest extractor reads the article.
create or replace view corrections as
with placed as (
    select
        c.*,
        f.text as figure,
        f.sentence_start,
        f.sentence_end,
        o.observation_id,
        case c.field
            when 'rejected' then cast(false as varchar)
            when 'port' then o.port
            when 'partner' then o.partner
            when 'metric' then o.metric
            when 'measure' then o.measure
            when 'value' then regexp_replace(cast(o.value as varchar), '\.?0+$', '')
            when 'low' then regexp_replace(cast(o.low as varchar), '\.?0+$', '')
            when 'high' then regexp_replace(cast(o.high as varchar), '\.?0+$', '')
            when 'unit' then o.unit
            when 'qualifier' then o.qualifier
            when 'period_start' then cast(o.period_start as varchar)
            when 'period_end' then cast(o.period_end as varchar)
            when 'scope' then o.scope
            when 'direction' then o.direction
            when 'mode' then o.mode
            when 'service' then o.service
            when 'breakdown' then o.breakdown
            when 'nature' then o.nature
            when 'reporter' then o.reporter
            when 'whole' then o.whole
        end as read_as,
        case
            when c.undone_run is not null then 'undone'
            when o.observation_id is null then 'without figure'
            when
                c.correction_id < max(c.correction_id) filter (where c.undone_run is null) over (
                    partition by c.article_id, c.span_start, c.field
                )
                then 'overruled'
            else 'holds'
        end as state
    from correction as c
    left join figure as f
        on c.article_id = f.article_id and c.span_start = f.span_start and f.superseded_run is null
    left join observation as o on f.figure_id = o.figure_id
),
final as (
    select
        p.correction_id,
        p.field,
        p.old,
        p.new,
        p.state,
        p.who,
        p.why,
        r.finished_at as corrected_at,
        p.undone_by,
        u.finished_at as undone_at,
        p.read_as,
        p.figure,
        substring(a.text, p.sentence_start + 1, p.sentence_end - p.sentence_start) as sentence,
        a.name as article,
        a.publisher,
        a.published_on,
        p.span_start,
        p.article_id,
        p.observation_id
    from placed as p
    inner join article as a on p.article_id = a.article_id
    inner join run as r on p.recorded_run = r.run_id
    left join run as u on p.undone_run = u.run_id
)
select * from final;
comment on view corrections is 'What people corrected and rejected: old and new, who, when and why, and whether it holds.';
comment on column corrections.correction_id is 'Number of the correction; `tallybook undo` takes it.';
comment on column corrections.field is 'What is corrected; rejected where the observation is none.';
comment on column corrections.old is 'What stood before; null is none.';
comment on column corrections.new is 'What stands now; null is none. Equal to old where the correction only holds it fast.';
comment on column corrections.state is 'holds, undone, overruled (corrected again) or without figure.';
comment on column corrections.who is 'Who corrected it.';
comment on column corrections.why is 'Why.';
comment on column corrections.corrected_at is 'When, UTC.';
comment on column corrections.undone_by is 'Who undid it.';
comment on column corrections.undone_at is 'When it was undone, UTC.';
comment on column corrections.read_as is 'What the newest extractor reads.';
comment on column corrections.figure is 'The words that were read as the number.';
comment on column corrections.sentence is 'The sentence around the figure, as the article has it.';
comment on column corrections.article is 'Name of the article: its file or the id that its source gave.';
comment on column corrections.publisher is 'Who published it.';
comment on column corrections.published_on is 'Day the article came out.';
comment on column corrections.span_start is 'First code point of the figure in the article.';
comment on column corrections.article_id is 'The article.';
comment on column corrections.observation_id is 'The observation as it is read now; joins to provenance.';
