-- One row per key of a book: which of its statements stands for it, and how many there are.
-- needs: standing_observation
--
-- What a key is and which statement is chosen: latest. What a view needs of the chosen observation it joins by its id:
-- all columns of ten million rows do not fit into memory, and what stands beside a table that is read
-- more than once is kept with all of its columns. The port stands beside the key, so that a question for one
-- port reads the rows of that port alone.
create or replace view latest_choice as
with keyed as (
    select
        o.observation_id,
        o.port,
        -- The key as one number: two keys of a billion share one with a chance of 1 in 10^20, and to sort by
        -- one number takes a third of the time that fourteen columns take.
        (
            cast(
                hash(
                    o.port, o.partner, o.metric, o.measure, o.scope, o.direction, o.mode, o.service, o.breakdown,
                    o.nature, o.unit, o.whole, o.period_start, o.period_end
                ) as uhugeint
            ) << 64
        ) + hash(
            o.period_end, o.period_start, o.whole, o.unit, o.nature, o.breakdown, o.service, o.mode, o.direction,
            o.scope, o.measure, o.metric, o.partner, o.port
        ) as key,
        o.value,
        o.high - o.low as width,
        a.publisher,
        a.published_on
    from standing_observation as o
    inner join article as a on o.article_id = a.article_id
    where o.observation_id is not null  -- standing_observation says why
),
voice as (
    select
        key,
        port,
        value,
        publisher,
        count(*) as statements
    from keyed
    group by key, port, value, publisher
),
claim as (
    select
        key,
        port,
        value,
        count(publisher) as supporters
    from voice
    group by key, port, value
),
crowd as (
    select
        key,
        port,
        cast(sum(statements) as bigint) as statements,
        count(distinct publisher) as publishers,
        min(value) as lowest,
        max(value) as highest
    from voice
    group by key, port
),
choice as (
    select
        k.observation_id,
        k.port,
        k.key,
        k.publisher,
        k.published_on
    from keyed as k
    inner join claim as c on k.key = c.key and k.port = c.port and k.value = c.value
    qualify
        row_number() over (
            partition by k.key, k.port
            order by
                k.published_on desc nulls last, k.width asc nulls last, c.supporters desc, k.observation_id asc
        ) = 1
),
final as (
    select
        k.observation_id,
        k.port,
        k.published_on,
        k.publisher,
        c.statements,
        c.publishers,
        c.lowest,
        c.highest
    from choice as k
    inner join crowd as c on k.key = c.key and k.port = c.port
)
select * from final;
comment on view latest_choice is 'For each key the statement that stands for it; latest shows it whole.';
comment on column latest_choice.observation_id is 'The observation that latest shows; joins to standing_observation and to provenance.';
comment on column latest_choice.port is 'Reporting place.';
comment on column latest_choice.published_on is 'Day the article came out.';
comment on column latest_choice.publisher is 'Who published it.';
comment on column latest_choice.statements is 'Statements of this key in the book.';
comment on column latest_choice.publishers is 'Publishers that state this key.';
comment on column latest_choice.lowest is 'Smallest value that any of them states.';
comment on column latest_choice.highest is 'Greatest value that any of them states.';
