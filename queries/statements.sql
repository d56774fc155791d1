-- One row per claim: a key and a value, however many articles state them.
-- needs: current_observation
--
-- An article that gives a figure twice states it once. An article is a copy where its text is
-- that of an earlier one of the claim, or its sentence is nearly so: letters and digits of both
-- differ in one of ten at most (of the first 32 wordings of a claim). `texts` counts what is no copy, and so who wrote it himself. With no
-- known period, statements of two articles are two claims. The words shown are those of the
-- narrowest interval, then of the earliest article.
create or replace view statements as
with claim as (
    select
        *,
        case when period_start is null and period_end is null then article_id end as own_article
    from current_observation
),
stated as materialized (
    select
        *,
        -- The claim as one number, as in latest.
        (
            cast(
                hash(
                    port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                    whole, period_start, period_end, own_article, value
                ) as uhugeint
            ) << 64
        ) + hash(
            value, own_article, period_end, period_start, whole, unit, nature, breakdown, service, mode,
            direction, scope, measure, metric, partner, port
        ) as claim_id
    from claim
),
shown as (
    select observation_id
    from stated
    qualify
        row_number() over (
            partition by claim_id
            order by high - low asc nulls last, published_on asc nulls last, observation_id asc
        ) = 1
),
-- One sentence an article and claim, in the order in which the articles came out.
said as (
    select
        claim_id,
        article_id,
        published_on,
        publisher,
        sentence_start,
        sentence_end
    from stated
    qualify row_number() over (partition by claim_id, article_id order by observation_id) = 1
),
source as (
    select
        *,
        row_number() over (partition by claim_id order by published_on asc nulls last, article_id asc) as turn
    from said
),
shared as (
    select claim_id
    from source
    where turn = 2
),
worded as (
    select
        s.claim_id,
        s.article_id,
        s.turn,
        a.content_hash,
        regexp_replace(
            lower(substring(a.text, s.sentence_start + 1, s.sentence_end - s.sentence_start)),
            '[^\p{L}\p{N}]+', '', 'g'
        ) as letters
    from source as s
    semi join shared as h on s.claim_id = h.claim_id
    inner join article as a on s.article_id = a.article_id
),
repeated as (
    select
        *,
        row_number() over (partition by claim_id, content_hash order by turn) > 1
        or row_number() over (partition by claim_id, letters order by turn) > 1 as is_repeat
    from worded
),
-- The sentences of a claim that differ at all, by age.
wording as (
    select
        claim_id,
        article_id,
        letters,
        row_number() over (partition by claim_id order by turn) as place
    from repeated
    where not is_repeat
),
-- levenshtein counts bytes, and so does strlen. A claim that has hundreds of wordings is compared with its
-- first ones, else the work would grow with their square.
copy as (
    select
        claim_id,
        article_id
    from repeated
    where is_repeat
    union all
    select distinct
        later.claim_id,
        later.article_id
    from wording as later
    inner join wording as earlier on later.claim_id = earlier.claim_id
    where
        later.place > earlier.place
        and earlier.place <= 32
        and case
            when
                10 * abs(strlen(later.letters) - strlen(earlier.letters))
                > greatest(strlen(later.letters), strlen(earlier.letters))
                then false
            else
                10 * levenshtein(later.letters, earlier.letters)
                <= greatest(strlen(later.letters), strlen(earlier.letters))
        end
),
sources as (
    select
        s.claim_id,
        count(*) as articles,
        count(c.article_id) as copies,
        count(distinct s.publisher) as publishers,
        min(s.published_on) as first_published_on,
        max(s.published_on) as last_published_on,
        list(distinct s.publisher order by s.publisher) filter (where s.publisher is not null)
            as publisher_names,
        list(s.article_id order by s.turn) as article_ids
    from source as s
    left join copy as c on s.claim_id = c.claim_id and s.article_id = c.article_id
    group by s.claim_id
),
observations as (
    select
        claim_id,
        list(observation_id order by observation_id) as observation_ids
    from stated
    group by claim_id
),
final as (
    select
        r.port,
        r.metric,
        r.measure,
        r.period_start,
        r.period_end,
        r.value,
        r.unit,
        r.low,
        r.high,
        r.qualifier,
        s.articles,
        s.articles - s.copies as texts,
        s.copies,
        s.publishers,
        s.publisher_names,
        s.first_published_on,
        s.last_published_on,
        r.partner,
        r.scope,
        r.direction,
        r.mode,
        r.service,
        r.breakdown,
        r.nature,
        r.whole,
        r.observation_id,
        o.observation_ids,
        s.article_ids
    from stated as r
    inner join shown as w on r.observation_id = w.observation_id
    inner join sources as s on r.claim_id = s.claim_id
    inner join observations as o on r.claim_id = o.claim_id
)
select * from final;
comment on view statements is 'One row a claim: the same key and value from several articles counted once, with its sources.';
comment on column statements.port is 'Reporting place.';
comment on column statements.metric is 'What is counted.';
comment on column statements.measure is 'What the number says of the metric.';
comment on column statements.period_start is 'First day of the period; null where the text does not say.';
comment on column statements.period_end is 'Last day of the period, inclusive.';
comment on column statements.value is 'The value claimed, exact.';
comment on column statements.unit is 'Unit of value, low and high.';
comment on column statements.low is 'Lower end of the narrowest wording; null is unbounded.';
comment on column statements.high is 'Upper end of the narrowest wording; null is unbounded.';
comment on column statements.qualifier is 'How the narrowest wording bounds the number.';
comment on column statements.articles is 'Articles that state it.';
comment on column statements.texts is 'Articles that are no copy of another one of the claim.';
comment on column statements.copies is 'Articles whose text or sentence is that of an earlier one: syndicated.';
comment on column statements.publishers is 'Publishers that state it, copies too.';
comment on column statements.publisher_names is 'Their names, in order.';
comment on column statements.first_published_on is 'Day the first of the articles came out.';
comment on column statements.last_published_on is 'Day the last of the articles came out.';
comment on column statements.partner is 'Counterpart of a trade or a route.';
comment on column statements.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column statements.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column statements.mode is 'Mode of transport.';
comment on column statements.service is 'Which trains are counted.';
comment on column statements.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column statements.nature is 'actual, plan or capacity.';
comment on column statements.whole is 'For a share: the place that it is a share of.';
comment on column statements.observation_id is 'The observation shown; joins to provenance.';
comment on column statements.observation_ids is 'All observations of the claim; each joins to provenance.';
comment on column statements.article_ids is 'The articles, in the order in which they came out.';
