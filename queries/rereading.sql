-- One row per figure that a newer extractor's reading of a stored article added, dropped or changed.
--
-- `tallybook reextract` shows the rows of its run before it publishes. A figure is the same where
-- its span is; what counts as changed is its sentence and all that the observation says, where its
-- article's reading was replaced. What is null is not written out, and of sentence and evidence
-- only that they differ.
create or replace view rereading as
with replaced as (
    select distinct
        article_id,
        superseded_run as run_id
    from figure
    where superseded_run is not null
),
reread as (
    select
        r.article_id,
        r.run_id
    from reading as r
    inner join reading as o on r.article_id = o.article_id and r.run_id = o.superseded_run
),
said as (
    select
        f.*,
        unnest([
            {'place': 1, 'name': 'status', 'word': f.status},
            {'place': 2, 'name': 'reason', 'word': f.reason},
            {'place': 3, 'name': 'port', 'word': o.port},
            {'place': 4, 'name': 'partner', 'word': o.partner},
            {'place': 5, 'name': 'metric', 'word': o.metric},
            {'place': 6, 'name': 'measure', 'word': o.measure},
            {'place': 7, 'name': 'qualifier', 'word': o.qualifier},
            {'place': 8, 'name': 'value', 'word': regexp_replace(cast(o.value as varchar), '\.?0+$', '')},
            {'place': 9, 'name': 'unit', 'word': o.unit},
            {'place': 10, 'name': 'low', 'word': regexp_replace(cast(o.low as varchar), '\.?0+$', '')},
            {'place': 11, 'name': 'high', 'word': regexp_replace(cast(o.high as varchar), '\.?0+$', '')},
            {'place': 12, 'name': 'period_start', 'word': cast(o.period_start as varchar)},
            {'place': 13, 'name': 'period_end', 'word': cast(o.period_end as varchar)},
            {'place': 14, 'name': 'scope', 'word': o.scope},
            {'place': 15, 'name': 'direction', 'word': o.direction},
            {'place': 16, 'name': 'mode', 'word': o.mode},
            {'place': 17, 'name': 'service', 'word': o.service},
            {'place': 18, 'name': 'breakdown', 'word': o.breakdown},
            {'place': 19, 'name': 'nature', 'word': o.nature},
            {'place': 20, 'name': 'reporter', 'word': o.reporter},
            {'place': 21, 'name': 'whole', 'word': o.whole},
            {'place': 22, 'name': 'relates_to', 'word': g.text},
            {'place': 23, 'name': 'confidence', 'word': cast(o.confidence as varchar)},
            {'place': 24, 'name': 'missing', 'word': f.missing},
            {'place': 25, 'name': 'sentence', 'word': f.sentence_start || '-' || f.sentence_end},
            {'place': 26, 'name': 'evidence', 'word': o.evidence}
        ]) as part
    from figure as f
    left join observation as o on f.figure_id = o.figure_id
    left join figure as g on o.relates_to = g.figure_id
    where
        f.article_id in (select r.article_id from replaced as r)
        or f.article_id in (select r.article_id from reread as r)
),
before as (
    select
        s.*,
        r.run_id
    from said as s
    inner join replaced as r on s.article_id = r.article_id and s.superseded_run = r.run_id
),
after as (
    select
        s.*,
        r.run_id
    from said as s
    inner join reread as r on s.article_id = r.article_id and s.recorded_run = r.run_id
),
compared as (
    select
        coalesce(a.run_id, b.run_id) as run_id,
        coalesce(a.article_id, b.article_id) as article_id,
        coalesce(a.span_start, b.span_start) as span_start,
        coalesce(a.span_end, b.span_end) as span_end,
        coalesce(a.text, b.text) as figure,
        case
            when b.figure_id is null then 'added'
            when a.figure_id is null then 'gone'
            else 'changed'
        end as change,
        coalesce(a.part, b.part) as part,
        b.part.word as word_before,
        a.part.word as word_after,
        b.figure_id as figure_before,
        a.figure_id as figure_after
    from before as b
    full join after as a
        on
            b.run_id = a.run_id
            and b.article_id = a.article_id
            and b.span_start = a.span_start
            and b.span_end = a.span_end
            and b.part.place = a.part.place
    where b.part.word is distinct from a.part.word
),
told as (
    select
        *,
        part.name in ('sentence', 'evidence') as is_long
    from compared
),
final as (
    select
        t.run_id,
        t.change,
        a.name as article,
        t.figure,
        string_agg(t.part.name || '=' || t.word_before, ', ' order by t.part.place) filter (where not t.is_long) as before,
        string_agg(t.part.name || '=' || t.word_after, ', ' order by t.part.place) filter (where not t.is_long) as after,
        list(t.part.name order by t.part.place) as fields,
        t.span_start,
        t.span_end,
        t.article_id,
        any_value(t.figure_before) as figure_before,
        any_value(t.figure_after) as figure_after
    from told as t
    inner join article as a on t.article_id = a.article_id
    group by t.run_id, t.change, a.name, t.figure, t.span_start, t.span_end, t.article_id
)
select * from final;
comment on view rereading is 'What a newer extractor''s reading of stored articles added, dropped and changed.';
comment on column rereading.run_id is 'The run that read the article again.';
comment on column rereading.change is 'added, gone or changed.';
comment on column rereading.article is 'Name of the article: its file or the id that its source gave.';
comment on column rereading.figure is 'The words that were read as a number.';
comment on column rereading.before is 'What the reading before said, of a changed figure only what differs; null for an added one.';
comment on column rereading.after is 'What the newer reading says of the same; null for one that is gone.';
comment on column rereading.fields is 'What differs.';
comment on column rereading.span_start is 'First code point of the figure in the article.';
comment on column rereading.span_end is 'One past its last code point.';
comment on column rereading.article_id is 'The article.';
comment on column rereading.figure_before is 'The figure as it was read before; superseded.';
comment on column rereading.figure_after is 'The figure as it is read now.';
